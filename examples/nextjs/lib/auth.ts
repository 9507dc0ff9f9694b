import { notFound } from "next/navigation";

import { auth } from "@/auth";

/** Return if an administrator is signed in; to anybody else the page does not exist. */
export async function requireAdmin(): Promise<void> {
  const session = await auth();
  if (session?.user?.role !== "ADMIN") notFound();
}
