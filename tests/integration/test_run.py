"""weft run: workflows, their reports and what goes wrong in them."""
import json
import os
import pathlib
import signal
import struct

from harness import WeftTest, sha256


def frame(payload):
    return b"\0" + struct.pack(">I", len(payload)) + payload


class Run(WeftTest):
    def test_outputs_go_to_a_folder_or_to_stdout(self):
        flow = self.flow("weft: 1\nname: t\nsteps:\n  a: {run: cat.wasm}\n  b: {run: cat.wasm, needs: a}\n")
        source = self.write("in", b"payload")
        result = self.weft("run", flow, "--input", source, "--output", self.folder / "out")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual((self.folder / "out/b").read_bytes(), b"payload")
        result = self.weft("run", flow, "--input", "-", "--output", "-", stdin=b"piped")
        self.assertEqual(result.stdout, b"piped")
        self.assertIn(b"makespan", result.stderr)

    def test_the_report_says_what_each_step_cost(self):
        flow = self.flow("weft: 1\nname: t\nsteps:\n  a: {run: cat.wasm}\n")
        report = self.report(flow, "--input", self.write("in", b"x" * 1000))
        self.assertEqual((report["schema"], report["state"], report["tier"]), ("weft.report.1", "succeeded", "local"))
        attempt = report["steps"][0]["attempts"][0]
        self.assertEqual((attempt["in_bytes"], attempt["out_bytes"], attempt["start"], attempt["outcome"]), (1000, 1000, "cold", "exit"))
        for key in ("queue_us", "instantiate_us", "run_us", "cpu_us"):
            self.assertGreaterEqual(attempt[key], 0)
        self.assertGreater(attempt["peak_memory_bytes"], 65535)
        self.assertEqual(report["outputs"][0]["sha256"], sha256(b"x" * 1000))
        self.assertIsNone(report["network"])

    def test_several_inputs_are_named(self):
        flow = self.flow("weft: 1\nname: t\ninputs: [one, two]\nsteps:\n  a: {run: cat.wasm, needs: inputs.one}\n  b: {run: cat.wasm, needs: inputs.two}\n")
        one, two = self.write("1", b"eins"), self.write("2", b"zwei")
        report = self.report(flow, "--input", f"two={two}", "--input", f"one={one}")
        self.assertEqual([o["sha256"] for o in report["outputs"]], [sha256(b"eins"), sha256(b"zwei")])
        for args, code in ((("--input", f"one={one}"), "run.missing_input"), (("--input", str(one)), "run.unknown_input"),
                           (("--input", f"one={one}", "--input", f"one={one}", "--input", f"two={two}"), "run.input_twice"),
                           (("--input", "one=/nowhere", "--input", f"two={two}"), "file.missing")):
            result = self.weft("run", flow, *args)
            self.assertEqual(result.returncode, 2)
            self.assertIn(f"error[{code}]", result.stderr.decode())

    def test_files_of_a_step_can_be_needed_and_missing_ones_fail_it(self):
        flow = self.flow("weft: 1\nname: t\nsteps:\n  a: {run: probe.wasm, accept: [3], outputs: [result.txt]}\n  b: {run: cat.wasm, needs: a.result.txt}\n")
        report = self.report(flow)
        self.assertEqual(report["outputs"][0]["sha256"], sha256(b"result"))
        flow = self.flow("weft: 1\nname: t\nsteps:\n  a: {run: cat.wasm, outputs: [nothing.txt]}\n")
        report = self.report(flow, code=1)
        self.assertEqual(report["steps"][0]["attempts"][0]["code"], "output.missing")

    def test_mounted_files_and_params_reach_the_step(self):
        self.write("given/given.txt", b"brought along")
        flow = self.flow("weft: 1\nname: t\nparams: {who: nobody}\nsteps:\n  a: {run: probe.wasm, args: ['${who}', '$$1'], env: {PROBE: 'x ${who}'}, files: {/data: given}, accept: [3]}\n")
        result = self.weft("run", flow, "--param", "who=me", "--output", "-")
        self.assertEqual(result.returncode, 0, result.stderr)
        text = result.stdout.decode()
        for line in ("arg me", "arg $1", "env x me", "given brought along"):
            self.assertIn(line, text)
        result = self.weft("run", flow, "--param", "whom=me")
        self.assertEqual(result.returncode, 2)
        self.assertIn("did you mean `who`?", result.stderr.decode())

    def test_a_failed_step_shows_its_log_and_how_to_go_on(self):
        flow = self.flow("weft: 1\nname: t\nsteps:\n  a: {run: misbehave.wasm, args: [trap]}\n  b: {run: cat.wasm, needs: a}\n")
        result = self.weft("run", flow, "--input", self.write("in", b"given to it"))
        self.assertEqual(result.returncode, 1)
        text = result.stdout.decode()
        self.assertIn("step a failed: trap: unreachable", text)
        self.assertIn("    misbehave: trap", text)
        self.assertIn("skipped", text)
        kept = text[text.index("its input is kept: "):].split("< ")[1].split("\n")[0]
        self.assertEqual((self.folder / kept).read_bytes(), b"given to it")

    def test_retries_are_counted_and_the_last_outcome_stands(self):
        flow = self.flow("weft: 1\nname: t\nsteps:\n  a: {run: misbehave.wasm, args: [exit, '4'], retry: {max: 2, backoff: 1ms}}\n")
        report = self.report(flow, code=1)
        self.assertEqual([a["try"] for a in report["steps"][0]["attempts"]], [1, 2, 3])
        self.assertEqual(report["steps"][0]["reason"], "exit code 4 (try 3 of 3)")

    def test_a_step_that_loops_ends_at_its_timeout_and_its_neighbours_run_on(self):
        flow = self.flow("weft: 1\nname: t\nsteps:\n  a: {run: misbehave.wasm, args: [loop], timeout: 100ms}\n  b: {run: cat.wasm}\n  c: {run: cat.wasm, needs: b}\noutputs: [c]\n")
        report = self.report(flow, "--shards", "1", "--input", self.write("in", b"fine"), code=1)
        self.assertEqual(self.step(report, "a")["attempts"][0]["outcome"], "timeout")
        self.assertEqual(self.step(report, "c")["state"], "succeeded")

    def test_a_run_past_its_timeout_is_124(self):
        flow = self.flow("weft: 1\nname: t\ntimeout: 100ms\nsteps:\n  a: {run: misbehave.wasm, args: [loop]}\n")
        report = self.report(flow, code=124)
        self.assertEqual(report["state"], "timed_out")

    def test_bombs_meet_their_bounds(self):
        for how, outcome, code in (("output", "output", "output.too_large"), ("recurse", "trap", "trap.stack_overflow")):
            flow = self.flow(f"weft: 1\nname: t\nsteps:\n  a: {{run: misbehave.wasm, args: [{how}]}}\n")
            attempt = self.report(flow, code=1)["steps"][0]["attempts"][0]
            self.assertEqual((attempt["outcome"], attempt["code"]), (outcome, code))
        flow = self.flow("weft: 1\nname: t\nsteps:\n  a: {run: misbehave.wasm, args: [memory], memory: 32MiB, accept: [8]}\n")
        attempt = self.report(flow)["steps"][0]["attempts"][0]
        self.assertTrue(attempt["memory_limit_hit"])
        self.assertLessEqual(attempt["peak_memory_bytes"], 32 << 20)

    def test_a_log_bomb_is_dropped_and_counted(self):
        flow = self.flow("weft: 1\nname: t\nsteps:\n  a: {run: misbehave.wasm, args: [log]}\n")
        report = self.report(flow, "--logs", self.folder / "logs")
        self.assertGreater(report["steps"][0]["attempts"][0]["log_bytes"], 8 << 20)
        self.assertEqual((self.folder / "logs/a.log").stat().st_size, 1 << 20)

    def test_each_runs_items_and_keeps_their_order(self):
        flow = self.flow("weft: 1\nname: t\nsteps:\n  a: {run: echo_stream.wasm, each: lines, parallel: 3}\n")
        result = self.weft("run", flow, "--input", self.write("in", b"a\nbb\n\nccc"), "--output", "-")
        self.assertEqual(result.stdout, b"1:a\n2:bb\n0:\n3:ccc\n")
        flow = self.flow("weft: 1\nname: t\nsteps:\n  a: {run: echo_stream.wasm, each: frames}\n")
        result = self.weft("run", flow, "--input", self.write("in", frame(b"x") + frame(b"") + frame(b"\0\n")), "--output", "-")
        self.assertEqual(result.stdout, frame(b"1:x") + frame(b"0:") + frame(b"2:\0\n"))
        for bad in (b"\0\0\0\0\5abc", b"\1\0\0\0\0", b"\0\0"):
            report = self.report(flow, "--input", self.write("in", bad), code=1)
            self.assertIn("frame", report["steps"][0]["reason"])

    def test_a_place_that_cannot_be_met_is_refused_before_the_run(self):
        flow = self.flow("weft: 1\nname: t\nsteps:\n  a: {run: cat.wasm, place: edge}\n")
        result = self.weft("run", flow)
        self.assertEqual(result.returncode, 2)
        self.assertIn("error[place.unmet]", result.stderr.decode())

    def test_ctrl_c_cancels_and_leaves_no_partial_output(self):
        flow = self.flow("weft: 1\nname: t\nsteps:\n  a: {run: cat.wasm}\n  b: {run: misbehave.wasm, args: [loop]}\noutputs: [a]\n")
        self.cache = self.folder / "cache"
        process = self.start("run", flow, "--output", self.folder / "out", "--logs", self.folder / "logs", "--format", "json", "--seed", "1")
        process.stdin.close()
        self.wait_until(lambda: len(list(self.cache.glob("artifacts/*.head"))) == 2)  # both steps have begun
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=60), 130)
        out, _ = process.stdout.read(), process.stdout.close()
        process.stderr.close()
        self.assertEqual(json.loads(out)["state"], "cancelled")
        self.assertFalse((self.folder / "out").exists())

    def test_an_output_that_cannot_be_written_is_125(self):
        flow = self.flow("weft: 1\nname: t\nsteps:\n  a: {run: cat.wasm}\n")
        self.write("file", b"")
        result = self.weft("run", flow, "--output", self.folder / "file/sub")
        self.assertEqual(result.returncode, 125)
        self.assertIn("error[file.unwritable]", result.stderr.decode())

    def test_repeats_show_a_median(self):
        flow = self.flow("weft: 1\nname: t\nsteps:\n  a: {run: noop.wasm}\n")
        result = self.weft("run", flow, "--repeat", "20")
        self.assertIn("20 runs  makespan median", result.stdout.decode())
        self.assertIn("warm", result.stdout.decode())


class Streams(WeftTest):
    def test_one_binary_is_a_command_and_a_stream_with_equal_answers(self):
        sources = [self.write(f"in{i}", b"x" * i) for i in range(20)]
        digests = []
        for abi in ("command", "stream"):
            flow = self.flow(f"weft: 1\nname: t\nsteps:\n  a: {{run: echo_stream.wasm, abi: {abi}}}\n")
            out = self.folder / abi
            result = self.weft("run", flow, "--frames", *sources, "--output", out, "--window", "3")
            self.assertEqual(result.returncode, 0, result.stderr)
            digests.append([(out / str(i) / "a").read_bytes() for i in range(20)])
            self.assertIn("20 frames", result.stdout.decode())
        self.assertEqual(digests[0], digests[1])
        self.assertEqual(digests[0][3], b"3:xxx")

    def test_a_stream_stays_hot(self):
        flow = self.flow("weft: 1\nname: t\nsteps:\n  a: {run: echo_stream.wasm, abi: stream, each: frames, parallel: 1}\n")
        report = self.report(flow, "--shards", "1", "--input", self.write("in", b"".join(frame(b"%d" % i) for i in range(50))))
        starts = [a["start"] for a in report["steps"][0]["attempts"]]
        self.assertEqual(starts, ["cold"] + ["hot"] * 49)

    def test_answers_do_not_depend_on_how_many_instances_serve(self):
        frames = b"".join(frame(os.urandom(i)) for i in range(60))
        outputs = set()
        for instances in ("{max: 1}", "{max: 4}", "{max_reuse: 1}"):
            flow = self.flow(f"weft: 1\nname: t\nseed: 3\nsteps:\n  a: {{run: echo_stream.wasm, args: [random], abi: stream, each: frames, instances: {instances}}}\n")
            report = self.report(flow, "--input", self.write("in", frames))
            outputs.add(report["outputs"][0]["sha256"])
        self.assertEqual(len(outputs), 1)

    def test_misbehaving_fails_that_frame_and_drops_the_instance(self):
        for how, outcome, code in (("early", "output", "stream.protocol"), ("twice", "output", "stream.protocol"),
                                   ("trap", "trap", "trap.unreachable"), ("fail", "exit", None)):
            with self.subTest(how):
                flow = self.flow(f"weft: 1\nname: t\nsteps:\n  a: {{run: echo_stream.wasm, args: [{how}], abi: stream}}\n")
                attempt = self.report(flow, "--input", self.write("in", b"x"), code=1)["steps"][0]["attempts"][0]
                self.assertEqual((attempt["outcome"], attempt.get("code")), (outcome, code))
        flow = self.flow("weft: 1\nname: t\nsteps:\n  a: {run: echo_stream.wasm, args: [fail-long], abi: stream}\n")
        sources = [self.write(f"in{i}", b"x" * size) for i, size in enumerate((1, 100, 2))]
        result = self.weft("run", flow, "--frames", *sources, "--output", self.folder / "out", "--window", "1")
        self.assertEqual(result.returncode, 1)
        self.assertEqual((self.folder / "out/2/a").read_bytes(), b"2:xx")
        self.assertFalse((self.folder / "out/1").exists())

    def test_usage_that_makes_no_sense_is_refused(self):
        flow = self.flow("weft: 1\nname: t\ninputs: [a, b]\nsteps:\n  x: {run: cat.wasm, needs: inputs.a}\n")
        self.assertIn("error[run.usage]", self.weft("run", flow, "--frames", "f").stderr.decode())
        flow = self.flow("weft: 1\nname: t\nsteps:\n  x: {run: cat.wasm}\n  y: {run: cat.wasm}\n")
        self.assertIn("error[run.usage]", self.weft("run", flow, "--output", "-").stderr.decode())
        self.assertIn("error[run.usage]", self.weft("run", flow, "--frames", "f", "--input", "g").stderr.decode())
