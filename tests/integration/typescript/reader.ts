/** What the tests share: the reader that they are run against. */

import { Tillhouse, type Options } from "../../../examples/nextjs/lib/tillhouse/client.ts";

export const url = process.env["TILLHOUSE_URL"] as string;
export const token = process.env["TILLHOUSE_TOKEN"] as string;

export interface Asked {
  readonly address: string;
  readonly ifNoneMatch: string | null;
  readonly status: number;
}

export function client(options: Partial<Options> = {}): Tillhouse {
  return new Tillhouse({ url, token, ...options });
}

/** Have the test's server do something; see node_reader.py. */
export async function control(name: "publish" | "seen"): Promise<unknown> {
  return (await fetch(`${url}/control/${name}`)).json();
}

/** What was asked of the reader since the last time. */
export async function seen(): Promise<Asked[]> {
  return (await control("seen")) as Asked[];
}

/** Return what a promise is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  throw new Error("it was not rejected");
}
