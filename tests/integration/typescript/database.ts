/**
 * The two models that the cost logger uses, on the application's SQLite file, with the calls and the
 * shapes of a PrismaClient. Prisma itself can't be run here: it is generated for an application.
 */

import { DatabaseSync } from "node:sqlite";

import type { Database, UsageLogRow } from "../../../examples/nextjs/lib/tillhouse/costLogger.ts";

type Stored = Omit<UsageLogRow, "timestamp"> & { readonly timestamp: string };

export class AppDatabase implements Database {
  /** What the next writes fail with, first come first. */
  readonly failures: Error[] = [];
  readonly #sqlite: DatabaseSync;

  constructor(path = ":memory:") {
    this.#sqlite = new DatabaseSync(path);
    this.#sqlite.exec(`
      create table if not exists "ApiUsageLog" (id text primary key, "videoId" text not null, provider text not null,
        credits integer not null, "costUSD" double precision, outcome text not null, "timestamp" text not null);
      create table if not exists "Video" (id text primary key, status text not null)
    `);
  }

  readonly apiUsageLog = {
    create: async ({ data }: { data: UsageLogRow }): Promise<void> => {
      this.#failOnce();
      const { id, videoId, provider, credits, costUSD, outcome, timestamp } = data;
      const values = [id, videoId, provider, credits, costUSD, outcome, timestamp.toISOString()];
      try {
        this.#sqlite.prepare('insert into "ApiUsageLog" values (?, ?, ?, ?, ?, ?, ?)').run(...values);
      } catch (error) {
        // Prisma's code for a value that must be unique and is not.
        throw /UNIQUE/.test(String(error)) ? Object.assign(new Error("P2002"), { code: "P2002" }) : error;
      }
    },
    findMany: async (args: Parameters<Database["apiUsageLog"]["findMany"]>[0]): Promise<UsageLogRow[]> => {
      const isOfVideo = "videoId" in args.where;
      const condition = isOfVideo ? '"videoId" = ?' : '"costUSD" is null';
      const sql = `select * from "ApiUsageLog" where ${condition} order by "timestamp" limit ${args.take ?? -1}`;
      const found = this.#sqlite.prepare(sql).all(...("videoId" in args.where ? [args.where.videoId] : []));
      return (found as unknown as Stored[]).map((row) => ({ ...row, timestamp: new Date(row.timestamp) }));
    },
    updateMany: async (args: { where: { id: string }; data: { costUSD: number } }): Promise<void> => {
      this.#failOnce();
      this.#sqlite.prepare('update "ApiUsageLog" set "costUSD" = ? where id = ?').run(args.data.costUSD, args.where.id);
    },
  };

  readonly video = {
    findMany: async (args: { where: { id: { in: string[] }; status: "FAILED" } }): Promise<{ id: string }[]> => {
      const { in: ids } = args.where.id;
      const marks = ids.map(() => "?").join(", ");
      const sql = `select id from "Video" where status = 'FAILED' and id in (${marks})`;
      return this.#sqlite.prepare(sql).all(...ids) as unknown as { id: string }[];
    },
  };

  setStatus(videoId: string, status: string): void {
    this.#sqlite.prepare('insert or replace into "Video" values (?, ?)').run(videoId, status);
  }

  rows(): UsageLogRow[] {
    const found = this.#sqlite.prepare('select * from "ApiUsageLog" order by "timestamp", id').all();
    return (found as unknown as Stored[]).map((row) => ({ ...row, timestamp: new Date(row.timestamp) }));
  }

  #failOnce(): void {
    const failure = this.failures.shift();
    if (failure) throw failure;
  }
}
