"""weft exec: one module on this process's stdin, stdout and stderr."""
import os
import pathlib
import signal
import subprocess
import time

from harness import SANITIZED, WEFT, WeftTest, sha256

PROBE_OUTPUT = """arg one
arg two words
env set
stdin first line
size 7
given brought along
entry b.txt
missing 1
year 1
random 1
"""


class Exec(WeftTest):
    def test_programs_in_every_language_see_the_same_world(self):
        self.write("given/given.txt", b"brought along")
        for probe in ("probe", "probe_go", "probe_rust"):
            with self.subTest(probe):
                out = self.folder / probe
                result = self.weft("exec", self.guest(probe), "--env", "PROBE=set", "--files", f"/data={self.folder / 'given'}",
                                   "--out", out, "--", "one", "two words", stdin=b"first line\nsecond\n")
                self.assertEqual(result.stdout.decode(), PROBE_OUTPUT)
                self.assertEqual(result.stderr.decode(), "to the log\n")
                self.assertEqual(result.returncode, 3)
                self.assertEqual((out / "result.txt").read_bytes(), b"result")

    def test_host_files_are_never_written(self):
        data = self.write("given/given.txt", b"brought along")
        self.weft("exec", self.guest("probe"), "--files", f"/scratch={data.parent}", "--", stdin=b"x\n")
        self.assertEqual(data.read_bytes(), b"brought along")
        self.assertEqual([p.name for p in data.parent.iterdir()], ["given.txt"])

    def test_payload_passes_unchanged_through_every_mode(self):
        payload = os.urandom(1 << 20) * 3 + b"tail"
        for mode in ("aot", "jit", "winch"):
            result = self.weft("exec", self.guest("cat"), "--mode", mode, stdin=payload)
            self.assertEqual((result.returncode, sha256(result.stdout)), (0, sha256(payload)), result.stderr)

    def test_reads_what_arrives_bit_by_bit(self):
        process = self.start("exec", self.guest("cat"))
        process.stdin.write(b"first ")
        process.stdin.flush()
        process.stdin.write(b"second")
        out, _ = process.communicate(timeout=60)
        self.assertEqual(out, b"first second")

    def test_a_seed_makes_randomness_and_clocks_repeat(self):
        one, again, other = (self.weft("exec", self.guest("echo_stream"), "--seed", seed, "--env", "WEFT_ABI=command", "--", "random").stdout
                             for seed in (5, 5, 6))
        self.assertEqual(one, again)
        self.assertNotEqual(one, other)

    def test_exit_codes_pass_through(self):
        for code in (0, 1, 42, 255):
            self.assertEqual(self.weft("exec", self.guest("misbehave"), "--", "exit", str(code)).returncode, code)

    def test_a_trap_is_134_and_named(self):
        for how, code in (("trap", "trap.unreachable"), ("recurse", "trap.stack_overflow"), ("null", "trap.null_function")):
            result = self.weft("exec", self.guest("misbehave"), "--", how)
            self.assertEqual(result.returncode, 134, how)
            self.assertIn(f"error[{code}]", result.stderr.decode())

    def test_an_endless_loop_ends_at_its_timeout(self):
        result = self.weft("exec", self.guest("misbehave"), "--timeout", "50ms", "--", "loop")
        self.assertEqual(result.returncode, 124)
        self.assertIn("error[timeout]", result.stderr.decode())

    def test_a_sleep_ends_at_its_timeout_and_otherwise_by_itself(self):
        self.assertEqual(self.weft("exec", self.guest("misbehave"), "--timeout", "50ms", "--", "sleep").returncode, 124)
        self.assertEqual(self.weft("exec", self.guest("misbehave"), "--", "sleep", "5").returncode, 0)

    def test_memory_stops_growing_at_its_bound(self):
        result = self.weft("exec", self.guest("misbehave"), "--memory", "32MiB", "--", "memory")
        self.assertEqual(result.returncode, 8)
        self.assertLessEqual(int(result.stdout.split()[0]), 32)

    def test_a_full_file_tree_is_enospc(self):
        result = self.weft("exec", self.guest("misbehave"), "--", "disk")
        self.assertEqual(result.returncode, 9)
        self.assertIn("No space left", result.stderr.decode())
        result = self.weft("exec", self.guest("misbehave"), "--", "files")
        self.assertEqual(result.returncode, 7)
        self.assertIn("65536 files", result.stdout.decode())

    def test_ctrl_c_is_130(self):
        process = self.start("exec", self.guest("misbehave"), "--", "loop")
        self.assertIn(b"loop", process.stderr.readline())  # the guest runs
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=60), 130)

    def test_a_reader_that_goes_away_ends_the_guest(self):
        process = self.start("exec", self.guest("misbehave"), "--", "output")
        process.stdout.read(10)
        process.stdout.close()
        self.assertEqual(process.wait(timeout=60), 9)  # its write() failed
        process.stderr.close()
        process.stdin.close()

    def test_modules_that_cannot_run_are_named_and_are_2(self):
        wasm = self.guest("noop").read_bytes()
        head = b"\0asm\1\0\0\0"
        def section(number, body):
            return bytes([number, len(body)]) + body
        void = section(1, b"\1\x60\0\0")
        start = section(3, b"\1\0") + section(7, b"\1\6_start\0\0") + section(10, b"\1\2\0\x0b")
        cases = {
            "module.not_wasm": b"#!/bin/sh\n",
            "module.truncated": wasm[:len(wasm) // 2],
            "module.component": b"\0asm\x0d\0\1\0" + wasm[8:],
            "module.version": b"\0asm\2\0\0\0" + wasm[8:],
            "module.no_start": head,
            "module.unknown_import": head + void + section(2, b"\1\3env\1f\0\0"),
            "module.invalid": head + section(1, b"\1\0"),
            "module.feature": head + void + section(3, b"\1\0") + section(5, b"\2\0\1\0\1") + section(7, b"\1\6_start\0\0") + section(10, b"\1\2\0\x0b"),
            "file.missing": None,
        }
        for code, data in cases.items():
            with self.subTest(code):
                path = self.folder / "m.wasm"
                path.unlink(missing_ok=True)
                if data is not None:
                    path.write_bytes(data)
                result = self.weft("exec", path)
                self.assertIn(f"error[{code}]", result.stderr.decode())
                self.assertEqual(result.returncode, 2)
        good = self.write("good.wasm", head + void + start)
        self.assertEqual(self.weft("exec", good).returncode, 0)

    def test_every_feature_outside_the_portable_set_is_refused(self):
        head, void = b"\0asm\1\0\0\0", b"\1\4\1\x60\0\0"
        def section(number, body):
            return bytes([number, len(body)]) + body
        def code(body):
            return section(3, b"\1\0") + section(7, b"\1\6_start\0\0") + section(10, b"\1" + bytes([len(body) + 2]) + b"\0" + body + b"\x0b")
        features = {
            "threads": head + void + section(3, b"\1\0") + section(5, b"\1\3\1\1") + section(7, b"\1\6_start\0\0") + section(10, b"\1\2\0\x0b"),
            "memory64": head + void + section(3, b"\1\0") + section(5, b"\1\4\1") + section(7, b"\1\6_start\0\0") + section(10, b"\1\2\0\x0b"),
            "multi-memory": head + void + section(3, b"\1\0") + section(5, b"\2\0\1\0\1") + section(7, b"\1\6_start\0\0") + section(10, b"\1\2\0\x0b"),
            "tail calls": head + void + code(b"\x12\0"),
            "exceptions": head + void + code(b"\x1f\x40\0\x0b"),
            "relaxed SIMD": head + void + code(b"\xfd\x0c" + bytes(16) + b"\xfd\x0c" + bytes(16) + b"\xfd\x80\x02\x1a"),
        }
        for name, data in features.items():
            with self.subTest(name):
                result = self.weft("exec", self.write("f.wasm", data))
                self.assertIn("error[module.feature]", result.stderr.decode())
                self.assertIn(name, result.stderr.decode())
                self.assertEqual(result.returncode, 2)

    def test_portable_features_are_accepted_in_every_mode(self):
        head, void = b"\0asm\1\0\0\0", b"\1\4\1\x60\0\0"
        def section(number, body):
            return bytes([number, len(body)]) + body
        def code(body):
            return section(3, b"\1\0") + section(7, b"\1\6_start\0\0") + section(10, b"\1" + bytes([len(body) + 2]) + b"\0" + body + b"\x0b")
        features = {
            "sign extension": code(b"\x41\0\xc0\x1a"),
            "saturating conversion": code(b"\x43\0\0\0\0\xfc\0\x1a"),
            "fixed SIMD": code(b"\xfd\x0c" + bytes(16) + b"\x1a"),
            "reference types": code(b"\xd0\x70\x1a"),
        }
        for name, body in features.items():
            for mode in ("jit", "winch"):
                with self.subTest(f"{name} {mode}"):
                    result = self.weft("exec", self.write("f.wasm", head + void + body), "--mode", mode)
                    self.assertEqual(result.returncode, 0, result.stderr.decode())


class Artifacts(WeftTest):
    def setUp(self):
        super().setUp()
        self.cache = self.folder / "cache"

    def artifact(self):
        return next((self.cache / "artifacts").glob("*.cwasm"))

    def test_are_kept_and_used(self):
        self.weft("exec", self.guest("noop"))
        before = self.artifact().stat()
        self.assertEqual(self.weft("exec", self.guest("noop")).returncode, 0)
        self.assertEqual(self.artifact().stat().st_ino, before.st_ino)

    def test_that_were_changed_are_compiled_again_and_that_is_said_once(self):
        self.weft("exec", self.guest("noop"))
        data = bytearray(self.artifact().read_bytes())
        data[len(data) // 2] ^= 0xFF
        self.artifact().write_bytes(data)
        result = self.weft("exec", self.guest("noop"))
        self.assertEqual(result.returncode, 0)
        self.assertEqual(result.stderr.decode().count("error[artifact.tampered]"), 1)
        self.assertEqual(self.weft("exec", self.guest("noop")).stderr, b"")

    def test_doctor_finds_the_changed_one(self):
        self.weft("exec", self.guest("noop"))
        self.assertEqual(self.weft("doctor").returncode, 0)
        with open(self.artifact(), "r+b") as file:
            file.write(b"\0\0\0\0")
        result = self.weft("doctor")
        self.assertEqual(result.returncode, 1)
        self.assertIn("was changed", result.stdout.decode())

    def test_of_another_engine_are_not_looked_at(self):
        self.weft("exec", self.guest("noop"))
        artifact = self.artifact()
        artifact.rename(artifact.with_name(artifact.name.replace("wasmtime-", "wasmtime-0-")))
        result = self.weft("exec", self.guest("noop"))
        self.assertEqual((result.returncode, result.stderr), (0, b""))

    def test_compile_makes_them_ahead_of_time(self):
        self.assertIn("compiled", self.weft("compile", self.guest("noop")).stdout.decode())
        self.assertIn("was there", self.weft("compile", self.guest("noop")).stdout.decode())

    def test_a_folder_that_cannot_be_written_costs_only_the_artifact(self):
        result = self.weft("exec", self.guest("noop"), env={"WEFT_CACHE_DIR": "/proc/none"})
        self.assertEqual(result.returncode, 0)
        self.assertIn("error[artifact.", result.stderr.decode())


class CommandLine(WeftTest):
    def test_wrong_usage_is_2_and_says_how(self):
        for args in ((), ("exec",), ("run",), ("fly",), ("exec", "x", "--mode", "fast"), ("exec", "x", "--memory", "12"),
                     ("exec", "x", "--timeout", "soon"), ("exec", "x", "--env", "novalue"), ("exec", "x", "--files", "rel=."),
                     ("run", "x", "--window", "0"), ("run", "x", "--repeat", "0")):
            with self.subTest(args):
                result = self.weft(*args)
                self.assertEqual(result.returncode, 2, result.stdout + result.stderr)
                self.assertNotEqual(result.stderr, b"")

    def test_help_teaches(self):
        for verb in ("run", "exec"):
            result = self.weft(verb, "--help")
            self.assertEqual(result.returncode, 0)
            self.assertIn("Example:", result.stdout.decode())

    def test_version_doctor_and_completion_answer(self):
        self.assertIn("wasmtime 50.0.1", self.weft("version").stdout.decode())
        self.assertIn("1 GiB", self.weft("doctor").stdout.decode())
        script = self.weft("completion").stdout
        check = subprocess.run(["bash", "-c", script.decode() + "COMP_WORDS=(weft ex) COMP_CWORD=1; _weft; echo ${COMPREPLY[@]}"], capture_output=True)
        self.assertEqual(check.stdout, b"exec\n")

    def test_inspect_says_what_a_module_needs(self):
        result = self.weft("inspect", self.guest("cat"))
        self.assertEqual(result.returncode, 0)
        self.assertIn("wasi_snapshot_preview1.fd_read", result.stdout.decode())
        self.assertIn("weft can run it", result.stdout.decode())
        result = self.weft("inspect", self.write("empty.wasm", b"\0asm\1\0\0\0"))
        self.assertEqual(result.returncode, 2)
        self.assertIn("[module.no_start]", result.stdout.decode())
