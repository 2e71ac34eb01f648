"""Workers of a Dask cluster, for batches that one machine is too small for.

The form goes to the workers once, as the bytes of a .zip; each opens it in a folder of its own and
refuses to work with another version of this program or other files than were sent. What a task
writes is the same whoever does it, so a task that Dask gives to a second worker, because the first
died or seemed to, does no harm.
"""

from __future__ import annotations

import io
import logging
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

from generator import __version__
from generator.batches.crews import Run, Waiting, in_order
from generator.batches.journal import form_digest, form_files
from generator.batches.outputs import is_address, is_zip, open_work, work_address
from generator.errors import GeneratorError, Problem, ToolError, UsageError
from generator.pipeline import Form, open_form

LOCAL = "local:"
_PATIENCE = 30  # seconds until a scheduler answers
# Dask keeps the messages it sent last, a thousand of them, for whoever looks for its faults: with
# a hundred records in each that would be half a gigabyte in the leading process.
_FRUGAL = {"distributed.admin.low-level-log-length": 10}
OpenDesk = Callable[[Form], Any]


@dataclass(frozen=True, slots=True)
class Shipment:
    """A form on its way to the workers, and what it will be worked with."""

    name: str
    version: str
    digest: str
    form: str
    content: bytes
    open_desk: OpenDesk

    @classmethod
    def of(cls, form: Form, open_desk: OpenDesk) -> Shipment:
        """Return the shipment of a form."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
            for name, path in sorted(form_files(form).items()):
                package.writestr(zipfile.ZipInfo(name), path.read_bytes())
        content = packed.getvalue()
        name = f"vanban-{uuid4()}"  # several batches may share the workers
        return cls(name, __version__, form_digest(form), form.bundle.id, content, open_desk)

    def opened(self, folder: Path) -> Any:
        """Return the desk of a worker that has this shipment; its files go to ``folder``.

        Raises:
            ToolError: the worker's program is of another version, or has other shared parts.
        """
        if self.version != __version__:
            raise _refused(f"vanban {__version__}, máy chủ dùng vanban {self.version}")
        with zipfile.ZipFile(io.BytesIO(self.content)) as package:
            package.extractall(folder)
        form = open_form(str(folder / self.form))
        if form_digest(form) != self.digest:
            raise _refused("các tệp của mẫu khác với tệp đã gửi")
        return self.open_desk(form)


def _refused(why: str) -> ToolError:
    return ToolError(
        Problem(
            message=f"một máy làm việc không dùng được: {why}",
            hint="cài cùng một phiên bản vanban trên mọi máy rồi chạy lại, thêm --resume",
        )
    )


class Luggage:
    """What a worker holds from the first moment: Dask gives it to those that join later too."""

    def __init__(self, shipment: Shipment) -> None:
        self.name = shipment.name
        self._shipment = shipment

    def setup(self, worker: Any) -> None:
        """Open the shipment on a worker."""
        self._folder = tempfile.TemporaryDirectory(prefix="vanban-")
        self.desk = self._shipment.opened(Path(self._folder.name).resolve())

    def teardown(self, worker: Any) -> None:
        """Remove its files."""
        self._folder.cleanup()


@contextmanager
def workers_at(address: str, form: Form, output: str, open_desk: OpenDesk) -> Iterator[Run]:
    """Yield what runs steps on the workers of a cluster.

    ``address`` is a scheduler's, such as ``tcp://10.0.0.5:8786``, or ``local:N`` for N processes of
    this machine. ``open_desk`` makes what the steps work with from the opened form.

    Raises:
        UsageError: an address nobody answers at, an output that not all workers reach.
        ToolError: Dask is not installed; there are no workers; one is of another version; too many
            died.
    """
    processes = _processes(address) if address.startswith(LOCAL) else 0
    _refuse_unshared(output)
    shipment = Shipment.of(form, open_desk)
    with ExitStack() as stack:
        client = stack.enter_context(_client(address, processes, stack))
        _ship(client, shipment)
        stack.callback(client.unregister_worker_plugin, shipment.name)
        with _told():
            yield _run(client, shipment.name)


def _processes(address: str) -> int:
    """Return how many processes ``local:N`` asks for."""
    try:
        number = int(address.removeprefix(LOCAL))
    except ValueError:
        number = 0
    if number < 1:
        raise UsageError(
            Problem(
                message=f"--cluster {address} không nói rõ chạy mấy tiến trình",
                hint="ghi số từ 1 trở lên, như local:2",
            )
        )
    return number


def _refuse_unshared(output: str) -> None:
    local = is_zip(output) or "://" not in output
    if local or (is_address(output) and not open_work(work_address(output)).shared):
        raise UsageError(
            Problem(
                file=output,
                message="các máy làm việc không cùng ghi được vào nơi này",
                hint="dùng địa chỉ mọi máy cùng thấy: s3://kho/thu-muc, hoặc file:///o-chung/…",
            )
        )


def _client(address: str, processes: int, stack: ExitStack) -> Any:
    try:
        config: Any = import_module("dask.config")
        distributed: Any = import_module("distributed")  # half of it has types
    except ImportError as error:
        raise ToolError(
            Problem(
                message="chưa cài gói để chạy trên nhiều máy",
                hint='chạy: pip install "vanban[cluster]"',
            )
        ) from error
    try:
        with config.set(_FRUGAL):
            if not processes:
                return distributed.Client(address, timeout=_PATIENCE, set_as_default=False)
            cluster = distributed.LocalCluster(
                n_workers=processes, threads_per_worker=1,
                # Errors come to us as such; what else it logs, at its end too, is not for a clerk.
                dashboard_address=":0", silence_logs=logging.CRITICAL,
            )  # fmt: skip
            return distributed.Client(stack.enter_context(cluster), set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(
            Problem(
                message=f"không nối được với {address}",
                hint="kiểm tra dask scheduler đang chạy; trên một máy thì ghi local:2",
            )
        ) from error


def _ship(client: Any, shipment: Shipment) -> None:
    if not client.scheduler_info()["workers"]:
        wait = 2 * _PATIENCE
        try:
            client.wait_for_workers(1, timeout=wait)
        except TimeoutError as error:
            raise ToolError(
                Problem(
                    message=f"đợi {wait} giây mà cụm máy chưa có máy làm việc nào",
                    hint="chạy dask worker trên các máy làm việc rồi chạy lại lệnh",
                )
            ) from error
    try:
        client.register_plugin(_plugin(shipment))
    except GeneratorError:
        raise
    except Exception as error:  # it does not even know what was sent: an older version, or none
        raise _refused(str(error)) from error


def _plugin(shipment: Shipment) -> Any:
    from distributed import WorkerPlugin

    return type("VanbanLuggage", (Luggage, WorkerPlugin), {})(shipment)


def _run(client: Any, name: str) -> Run:
    def workers() -> int:
        threads: int = sum(client.nthreads().values())
        return max(1, threads)

    def run(step: Callable[[Any, Any], Any], tasks: Iterable[Any]) -> Iterator[Any]:
        def submit(task: Any) -> Waiting[Any]:
            return client.submit(_on_worker, name, step, task, pure=False)  # type: ignore[no-any-return]

        return in_order(submit, tasks, workers)

    return run


def _on_worker(name: str, step: Callable[[Any, Any], Any], task: Any) -> Any:
    from distributed import get_worker

    luggage = get_worker().plugins.get(name)
    if luggage is None or not hasattr(luggage, "desk"):
        raise _refused("mẫu không mở được")
    return step(luggage.desk, task)


@contextmanager
def _told() -> Iterator[None]:
    """Tell of workers that died again and again, and of a scheduler that left."""
    from distributed import KilledWorker
    from distributed.client import FutureCancelledError
    from distributed.comm.core import CommClosedError

    try:
        yield
    except (KilledWorker, FutureCancelledError, CommClosedError) as error:
        raise ToolError(
            Problem(
                message=f"cụm máy ngừng làm việc giữa chừng ({error})",
                hint="kiểm tra bộ nhớ các máy làm việc; chạy lại lệnh, thêm --resume để làm tiếp",
            )
        ) from error
