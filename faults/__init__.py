"""A fault campaign: SIH under load while its processes, its network, its disk and its PostgreSQL fail (README.md)."""
