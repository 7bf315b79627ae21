"""Two API processes and two workers before a pair of servers, and who balances between them."""

import asyncio
import json
import random
import signal
import subprocess
from dataclasses import dataclass

import httpx

from scripts.benchmarks.serving import serving
from scripts.disasters.installation import STOP_SECONDS, Installation
from scripts.launcher import children
from scripts.launcher.children import Child
from scripts.launcher.cluster import APPLICATION, OWNER, free_port
from scripts.launcher.failures import LaunchError, last_lines
from scripts.scaling.balancing import Balancer
from scripts.scaling.pair import SYNCHRONOUS, Pair
from scripts.scaling.pooling import Pooler

APIS, WORKERS = 2, 2
OUTCOME = 'baat_standby_reads_total{outcome="'


@dataclass(frozen=True)
class Member:
    """A process of the fleet."""

    name: str
    process: subprocess.Popen[bytes]
    port: int | None = None
    """Where it answers, if it does."""


class Fleet(Installation):
    """An installation of several processes; one address stands before those that answer."""

    def __init__(self, pair: Pair, pooler: Pooler | None, *, brings: bool = True) -> None:
        super().__init__(pair.bench, brings=brings)
        self.pair, self._pooler = pair, pooler
        self._members: list[Member] = []
        self._ports = [free_port() for _ in range(APIS)]
        self._balancer = Balancer(self.port, self._ports)
        self._reads_before: dict[str, int] = {}

    @property
    def variables(self) -> dict[str, str]:
        """The environment of every process: the same before and after the promotion."""
        both = self.pair.both(APPLICATION)
        return {
            **super().variables,
            "DATABASE_URL": self._pooler.url if self._pooler else both,
            "BAAT_DATABASE_PGBOUNCER": str(self._pooler is not None),
            "LISTEN_DATABASE_URL": both,
            "MIGRATIONS_DATABASE_URL": self.pair.both(OWNER),
            "REPLICA_DATABASE_URL": self.pair.promoted.url,
            "BAAT_WORKER": "false",
        }

    def told(self) -> list[str]:
        """Say what there is of everything, and what a commit waits for."""
        if self._pooler is None:
            before = "no PgBouncer: DATABASE_URL names both servers (target_session_attrs=primary)"
        else:
            before = "PgBouncer in transaction mode, which is told of the promotion"
        waits = "a commit waits for nobody: synchronous_standby_names is empty"
        if self.pair.synchronous:
            waits = f"a commit waits for the standby's disk: {SYNCHRONOUS}, synchronous_commit = on"
        return [f"{APIS} API processes, {WORKERS} workers; {before}", waits]

    async def start(self) -> None:
        """Start every process, and wait until those answer that answer HTTP."""
        await self._balancer.start()
        for number, port in enumerate(self._ports, 1):
            process = self.begun(serving(self.bench, port), self.variables)
            self._members.append(Member(f"API process {number}", process, port))
            # One after the other: each has the processor to itself.
            await self.answers(process, port)
        work = [str(self.bench.project.program("baat")), "work"]
        for number in range(1, WORKERS + 1):
            process = self.begun(work, self.variables)
            self._members.append(Member(f"worker {number}", process))

    async def stop(self) -> None:
        """End every process politely."""
        gentle = (signal.SIGTERM, STOP_SECONDS)
        ending = (asyncio.to_thread(children.end, one.process, gentle) for one in self._members)
        await asyncio.gather(*ending)
        await self._balancer.stop()

    async def kill_one(self, chance: random.Random, *, answers: bool) -> str:
        """End an API process or a worker at once, by SIGKILL; say which."""
        chosen = chance.choice([one for one in self._members if (one.port is not None) == answers])
        if chosen.port is not None:
            self._reads_before = await _reads(chosen.port)
        self._members.remove(chosen)
        chosen.process.kill()
        chosen.process.wait()
        return chosen.name

    def promote(self) -> None:
        """Make the standby the primary, and send everybody there."""
        self.pair.standby.promote()
        self.bench = self.pair.promoted
        if self._pooler is not None:
            self._pooler.point_at(self.pair.server.port)

    async def reads(self) -> dict[str, int]:
        """Count the GETs that the standby might answer, by what became of them."""
        found = dict(self._reads_before)
        for port in (one.port for one in self._members if one.port is not None):
            for outcome, count in (await _reads(port)).items():
                found[outcome] = found.get(outcome, 0) + count
        return found

    async def broken(self) -> set[str]:
        """Run `baat check all` as an operator does; return the faults.

        Raises:
            LaunchError: it says nothing that a program can read.
        """
        command = [str(self.bench.project.program("baat")), "check", "all", "--json"]
        child = Child(command, self.variables, self.bench.project.root)
        outcome = await asyncio.to_thread(child.outcome)
        try:
            said = json.loads(outcome.stdout[outcome.stdout.index("{") :])
        except ValueError:
            raise LaunchError(f"baat check all failed:\n{last_lines(outcome.stdout)}") from None
        return {f"{one['name']}: {fault}" for one in said["invariants"] for fault in one["faults"]}


async def _reads(port: int) -> dict[str, int]:
    async with httpx.AsyncClient(trust_env=False) as client:
        said = (await client.get(f"http://127.0.0.1:{port}/metrics")).raise_for_status().text
    lines = [line for line in said.splitlines() if line.startswith(OUTCOME)]
    found = (line.removeprefix(OUTCOME).partition('"} ') for line in lines)
    return {outcome: int(float(count)) for outcome, _, count in found}
