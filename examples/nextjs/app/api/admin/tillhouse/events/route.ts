import { requireAdmin } from "@/lib/auth";
import { TillhouseError } from "@/lib/tillhouse/errors";
import { tillhouse } from "@/lib/tillhouse/server";

export const dynamic = "force-dynamic";

/** Pass the reader's live updates on to an administrator's browser, which never sees the token. */
export async function GET(request: Request): Promise<Response> {
  await requireAdmin();
  try {
    const stream = await tillhouse().events(request.signal, request.headers.get("last-event-id"));
    const headers = { "Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no" };
    return new Response(stream, { headers });
  } catch (error) {
    if (!(error instanceof TillhouseError)) throw error;
    // EventSource gives up at any status but 200, and the page still has its figures.
    return Response.json({ code: error.code, request_id: error.requestId }, { status: 502 });
  }
}
