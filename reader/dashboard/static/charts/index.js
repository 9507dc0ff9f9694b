// The charts, under one name.

import { bars } from "./bars.js";
import { spark } from "./spark.js";
import { trend } from "./trend.js";
import { waterfall } from "./waterfall.js";

export const charts = { bars, spark, trend, waterfall };
