"""The simulated company: :func:`build_world` gives one, from the cache if it was built before."""

from sandbox.company.cache import build_world, code_version
from sandbox.company.world import World, world_start

__all__ = ["World", "build_world", "code_version", "world_start"]
