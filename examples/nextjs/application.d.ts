/** What the application that this is copied into has already; leave this file behind. */

declare module "@/auth" {
  /** Auth.js, or whatever tells who is signed in. */
  export function auth(): Promise<{ user?: { role?: string } } | null>;
}

declare module "@/lib/prisma" {
  /** The application's PrismaClient. */
  export const prisma: import("./lib/tillhouse/costLogger.ts").Database;
}
