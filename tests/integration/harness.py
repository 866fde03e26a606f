"""Runs the weft binary as a user would and looks at what comes back."""
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

WEFT = os.environ["WEFT"]
GUESTS = pathlib.Path(os.environ["WEFT_GUESTS"])
EXAMPLES = pathlib.Path(os.environ["WEFT_EXAMPLES"])
SOURCE = pathlib.Path(os.environ["WEFT_SOURCE"])
BUILD = pathlib.Path(os.environ["WEFT_BUILD"])
SANITIZED = os.environ.get("WEFT_SANITIZED", "") != ""
PATIENCE_S = 300  # nothing takes so long; it only keeps a hang from hanging the suite


def sha256(data):
    return hashlib.sha256(data).hexdigest()


class WeftTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="weft-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        # Artifacts are shared between tests, so that each module is compiled once; a test that is about them has its own.
        self.cache = BUILD / "integration-cache"

    def environment(self, **more):
        return {**os.environ, "WEFT_CACHE_DIR": str(self.cache), **more}

    def weft(self, *args, stdin=b"", env=None):
        return subprocess.run([WEFT, *map(str, args)], input=stdin, capture_output=True, cwd=self.folder,
                              env=self.environment(**(env or {})), timeout=PATIENCE_S)

    def start(self, *args, **options):
        options = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        process = subprocess.Popen([WEFT, *map(str, args)], cwd=self.folder, env=self.environment(), **options)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        return process

    def wait_until(self, happened):
        """For what shows itself only in the file system."""
        end = time.monotonic() + PATIENCE_S
        while not happened():
            self.assertLess(time.monotonic(), end, "it never happened")
            os.sched_yield()

    def guest(self, name):
        return GUESTS / f"{name}.wasm"

    def flow(self, text, name="flow.yaml"):
        """Writes a workflow; every test guest stands in its folder."""
        for module in GUESTS.glob("*.wasm"):
            link = self.folder / module.name
            if not link.exists():
                shutil.copy(module, link)
        path = self.folder / name
        path.write_text(text)
        return path

    def write(self, name, data):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def report(self, *args, code=0, **options):
        result = self.weft("run", *args, "--format", "json", **options)
        self.assertEqual(result.returncode, code, result.stderr.decode())
        return json.loads(result.stdout)

    def step(self, report, name):
        return next(step for step in report["steps"] if step["name"] == name)
