"""The application's tables, as Prisma makes them: quoted camelCase names, UTC without a zone."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, its columns in order, and which of them hold instants."""

    name: str
    columns: tuple[str, ...]
    ddl: str

    @property
    def instants(self) -> frozenset[str]:
        """Columns of type ``timestamp(3)``."""
        return frozenset(c for c in self.columns if c.endswith("At") or c == "timestamp")


TABLES: tuple[Table, ...] = (
    Table(
        "User",
        (
            "id",
            "email",
            "name",
            "role",
            "stripeCustomerId",
            "lastLoginAt",
            "createdAt",
            "updatedAt",
        ),
        """
        id text primary key, email text unique not null, name text,
        role text not null default 'USER', "stripeCustomerId" text unique,
        "lastLoginAt" timestamp(3), "createdAt" timestamp(3) not null default current_timestamp,
        "updatedAt" timestamp(3) not null
        """,
    ),
    Table(
        "Video",
        (
            "id",
            "userId",
            "provider",
            "status",
            "creditsUsed",
            "createdAt",
            "completedAt",
            "updatedAt",
        ),
        """
        id text primary key, "userId" text not null, provider text not null, status text not null,
        "creditsUsed" integer not null default 0,
        "createdAt" timestamp(3) not null default current_timestamp, "completedAt" timestamp(3),
        "updatedAt" timestamp(3) not null
        """,
    ),
    Table(
        "ApiUsageLog",
        ("id", "videoId", "provider", "credits", "costUSD", "timestamp"),
        """
        id text primary key, "videoId" text not null, provider text not null,
        credits integer not null, "costUSD" double precision,
        "timestamp" timestamp(3) not null default current_timestamp
        """,
    ),
    Table(
        "CreditTransaction",
        (
            "id",
            "userId",
            "type",
            "amount",
            "videoId",
            "stripePaymentIntentId",
            "expiresAt",
            "createdAt",
        ),
        """
        id text primary key, "userId" text not null, type text not null, amount integer not null,
        "videoId" text, "stripePaymentIntentId" text, "expiresAt" timestamp(3),
        "createdAt" timestamp(3) not null default current_timestamp
        """,
    ),
    Table(
        "SystemAlert",
        ("id", "type", "severity", "message", "createdAt", "resolvedAt"),
        """
        id text primary key, type text not null, severity text not null, message text not null,
        "createdAt" timestamp(3) not null default current_timestamp, "resolvedAt" timestamp(3)
        """,
    ),
    Table(
        "Notification",
        ("id", "userId", "type", "createdAt", "readAt"),
        """
        id text primary key, "userId" text not null, type text not null,
        "createdAt" timestamp(3) not null default current_timestamp, "readAt" timestamp(3)
        """,
    ),
)

INDEXES = (
    'create index if not exists "ApiUsageLog_timestamp_idx" on "ApiUsageLog" ("timestamp")',
    'create index if not exists "ApiUsageLog_provider_idx" on "ApiUsageLog" (provider)',
)
