"""Videos as they stand now: who asked, what became of them, what was given back."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sandbox.ledger import CreditMoved, Fact, VideoFinished, VideoRequested
from sandbox.truth.calendar import utc_day


@dataclass(slots=True)
class Video:
    """A video; ``status`` is today's, None while it is not finished."""

    video_id: str
    user_id: str
    provider: str
    requested_at: datetime
    credits_used: int
    status: str | None = None
    credits_refunded: int = 0

    @property
    def is_completed(self) -> bool:
        """Whether the user got it."""
        return self.status == "COMPLETED"

    @property
    def has_failed(self) -> bool:
        """Whether it failed for good; one still processing has not (ruling R33)."""
        return self.status == "FAILED"


def read_videos(facts: Sequence[Fact]) -> dict[str, Video]:
    """Tell every video's story up to now."""
    videos: dict[str, Video] = {}
    for fact in facts:
        match fact:
            case VideoRequested():
                videos[fact.video_id] = Video(
                    fact.video_id, fact.user_id, fact.provider, fact.at, fact.credits
                )
            case VideoFinished():
                videos[fact.video_id].status = fact.status
            case CreditMoved(type="USAGE_REFUND", video_id=str(video_id)):
                videos[video_id].credits_refunded += fact.credits
            case _:
                pass
    return videos


def usage_daily(videos: dict[str, Video], last: date) -> Iterator[dict[str, Any]]:
    """``agg_usage_daily``: by the day the videos were requested, internal users included."""
    requested: dict[tuple[date, str], list[Video]] = defaultdict(list)
    for video in videos.values():
        day = utc_day(video.requested_at)
        if day <= last:
            requested[day, video.provider].append(video)
    for (day, provider), of_day in sorted(requested.items()):
        yield {
            "date": day,
            "provider": provider,
            "videos_requested": len(of_day),
            "videos_completed": sum(1 for video in of_day if video.is_completed),
            "videos_failed": sum(1 for video in of_day if video.has_failed),
            "credits_used": sum(video.credits_used for video in of_day),
            "credits_refunded": sum(video.credits_refunded for video in of_day),
        }
