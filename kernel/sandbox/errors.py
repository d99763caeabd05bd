"""Why a sandboxed task gave no result."""

from kernel.errors import ChienowaError, Text


class SandboxError(ChienowaError):
    """The task did not finish; nothing outside the sandbox was touched."""

    status = 422
    code = "sandbox-failure"


class Refused(SandboxError):
    """The task itself says why the file cannot be used; `text` is its own message."""

    code = "sandbox-refused"


class TimedOut(SandboxError):
    """Over the wall clock, the processor time, or silent for too long."""

    code = "sandbox-timeout"


class OutOfMemory(SandboxError):
    """Over the memory limit."""

    code = "sandbox-memory"


class TooMuchOutput(SandboxError):
    """The result, or a file written on the way, is over its limit."""

    code = "sandbox-output"


class Crashed(SandboxError):
    """The process died, or the task raised something it should not have. `detail` is for the log only."""

    code = "sandbox-crash"

    def __init__(self, text: Text, detail: str = "") -> None:
        super().__init__(text)
        self.detail = detail


class Unguarded(SandboxError):
    """This machine offers no way to cut the task off from the network."""

    status = 503
    code = "sandbox-unguarded"


def timed_out(seconds: float) -> TimedOut:
    return TimedOut(
        Text(
            f"処理が{seconds:.0f}秒以内に終わらなかったため、中止しました。",
            f"The work did not finish within {seconds:.0f} seconds and was stopped.",
        )
    )


def silent(seconds: float) -> TimedOut:
    return TimedOut(
        Text(
            f"処理が{seconds:.0f}秒間進まなかったため、中止しました。",
            f"The work made no progress for {seconds:.0f} seconds and was stopped.",
        )
    )


def out_of_memory(megabytes: int) -> OutOfMemory:
    return OutOfMemory(
        Text(
            f"メモリーの上限（{megabytes}MB）を超えたため、中止しました。",
            f"The work needed more than {megabytes} MB of memory and was stopped.",
        )
    )


def too_much_output(megabytes: int) -> TooMuchOutput:
    return TooMuchOutput(
        Text(
            f"結果が上限（{megabytes}MB）を超えたため、中止しました。",
            f"The result was larger than {megabytes} MB and the work was stopped.",
        )
    )


def crashed(detail: str) -> Crashed:
    return Crashed(
        Text("処理中のプログラムが異常終了しました。", "The program that did the work ended unexpectedly."),
        detail,
    )


def unguarded() -> Unguarded:
    return Unguarded(
        Text(
            "この環境では、ファイルを読み取る処理をネットワークから切り離せません。"
            "システム管理者に、Linuxの名前空間またはseccompを使えるようにするよう依頼してください。",
            "Files cannot be read here, because the reading process cannot be cut off from the network. "
            "Ask the system administrator to allow Linux namespaces or seccomp.",
        )
    )
