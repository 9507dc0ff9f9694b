// The screens, in the order of their links.

import { churn } from "./churn.js";
import { costs } from "./costs.js";
import { customers } from "./customers.js";
import { health } from "./health.js";
import { overview } from "./overview.js";
import { revenue } from "./revenue.js";
import { usage } from "./usage.js";

export const SCREENS = [overview, revenue, churn, usage, costs, customers, health];
