"""How much a sandboxed task may use."""

from dataclasses import dataclass

MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Times in seconds, sizes in megabytes (10^6 bytes). `silence_s` is the longest time without progress:
    it ends an endless loop long before `wall_s` does. A dense page of OCR on a busy machine takes a minute."""

    wall_s: float = 1_800.0
    silence_s: float = 240.0
    cpu_s: int = 3_600
    memory_mb: int = 2_000
    output_mb: int = 64
    write_mb: int = 1_000
    open_files: int = 128
    threads: int = 1
    require_network_guard: bool = True
