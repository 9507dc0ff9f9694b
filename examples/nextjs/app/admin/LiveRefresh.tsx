"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

/** Has the server render the page anew whenever a generation is published or an alert changes. */
export function LiveRefresh() {
  const router = useRouter();
  useEffect(() => {
    const stream = new EventSource("/api/admin/tillhouse/events");
    const refresh = (event: MessageEvent<string>) => {
      // What a new connection is told first is the state that the page was rendered from.
      if (!(JSON.parse(event.data) as { snapshot: boolean }).snapshot) router.refresh();
    };
    for (const name of ["generation.published", "alert.opened", "alert.resolved"]) {
      stream.addEventListener(name, refresh);
    }
    return () => stream.close();
  }, [router]);
  return null;
}
