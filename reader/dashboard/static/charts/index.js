// The charts, under one name. Without uPlot there are none, and panels show their tables.

import { bars } from "./bars.js";
import { heatmap } from "./heatmap.js";
import { lines } from "./lines.js";
import { spark } from "./spark.js";
import { waterfall } from "./waterfall.js";

if (!window.uPlot) throw new Error("uPlot is not loaded");

export const charts = { bars, heatmap, lines, spark, waterfall };
