/** What must not compile; never run. */

import { client } from "./reader.ts";

export async function misuse(): Promise<void> {
  const api = client();
  // @ts-expect-error  there is no such route
  await api.get("/v1/kpi");
  // @ts-expect-error  a misspelt parameter
  await api.get("/v1/kpis", { form: "2026-01-01" });
  // @ts-expect-error  a value outside of the list
  await api.get("/v1/kpis", { grain: "year" });
  // @ts-expect-error  the key in the path is left out
  await api.get("/v1/customers/{customer_key}");
  // @ts-expect-error  a figure has a period
  await api.get("/v1/metrics/{metric}/explain", { metric: "mrr_usd" });
  // @ts-expect-error  one row is no list to be walked
  for await (const _ of api.rows("/v1/kpis/summary"));
  const { data } = await api.get("/v1/kpis");
  // @ts-expect-error  there is no such column
  data[0]?.mrr;
  // @ts-expect-error  an amount is text, to be added by decimal.ts
  const doubled: number = (data[0]?.mrr_usd ?? "0") * 2;
  console.log(doubled);
}
