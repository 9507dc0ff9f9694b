// Who are the customers, and what is each of them worth?

import { h } from "../dom.js";
import { minor } from "../format.js";
import { column } from "../table.js";
import { paged } from "../views/rows.js";
import { customer } from "./customer.js";

// The address says "-mrr" for the most first, "mrr" for the least first.
const USUAL = "-mrr";
const sortOf = ({ sort = USUAL }) => ({ sort: sort.replace("-", ""), order: sort.startsWith("-") ? "desc" : "asc" });

export const customers = {
  id: "customers",
  key: "k",
  title: "Customers",
  note: () => "Everybody who ever paid or signed up",
  hasRange: false,
  detail: customer,
  panels: [
    {
      id: "customers",
      title: "All customers",
      span: 12,
      isLow: true,
      empty: "No customer is like that: try another key, Stripe id or pseudonym.",
      asks: ({ state }) => [
        ["/v1/customers", { q: state.q, plan: state.plan, ...sortOf(state), limit: 50 }],
        ["/v1/plans", {}],
      ],
      show: (answer, plans, context, [question]) => {
        const tools = [search(context), planChoice(plans.data, context)];
        return paged("Customers", columns(context), answer, question, { tools, note: "With what each brought and cost" }) ?? { tools };
      },
    },
  ],
};

function columns({ state, change, customer: open }) {
  const { sort: chosen, order } = sortOf(state);
  const sorted = (key) => ({
    sort: {
      now: chosen !== key ? undefined : order === "asc" ? "ascending" : "descending",
      choose: () => change({ sort: chosen === key && order === "desc" ? key : `-${key}` }),
    },
  });
  return [
    column.customer("Customer", "customer_key", open),
    column.text("Plan", "plan_name"),
    column.text("Country", "country"),
    column.usd("MRR", "mrr_usd", sorted("mrr")),
    column.usd("Net cash", "net_cash_usd", sorted("cash")),
    column.usd("Cost", "provider_cost_usd", sorted("cost")),
    column.usd("Margin", "gross_margin_usd", sorted("margin")),
    column.date("Since", "created_at", sorted("created_at")),
  ];
}

// Drawn anew with every answer: what is being typed, and where, must outlive it.
const field = h("input", {
  id: "search",
  class: "field",
  type: "search",
  "aria-label": "Search customers",
  placeholder: "Key, Stripe id or pseudonym  /",
  autocomplete: "off",
  spellcheck: "false",
  maxlength: 200,
});
let typing = 0;

function search({ state, change }) {
  if (document.activeElement !== field) field.value = state.q ?? "";
  field.oninput = () => {
    clearTimeout(typing);
    typing = setTimeout(() => change({ q: field.value.trim() || undefined }), 250);
  };
  return field;
}

function planChoice(data, { state, change }) {
  const plans = data.filter(({ kind }) => kind === "plan").sort((a, b) => a.name.localeCompare(b.name));
  const options = plans.map((plan) => h("option", { value: plan.plan_key }, priced(plan)));
  const select = h("select", { class: "select", "aria-label": "Plan", onchange: () => change({ plan: select.value || undefined }) }, h("option", { value: "" }, "Every plan"), ...options);
  select.value = state.plan ?? "";
  return select;
}

/** Several prices share a name: what tells them apart is the amount and how often it is due. */
function priced({ name, unit_amount_minor: amount, currency, interval, interval_count: count }) {
  if (amount === null) return name;
  const every = count === 1 ? `a ${interval}` : `every ${count} ${interval}s`;
  return `${name}, ${minor(amount, currency)} ${every}`;
}
