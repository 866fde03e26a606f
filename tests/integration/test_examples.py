"""The examples, with the digests of their outputs: equal whatever compiles the modules and however they are run."""
from harness import EXAMPLES, SOURCE, WeftTest

VISION = {
    "edges": "ec1a6986ef2e0c4b3a2c946c2e2ef006259303c8363466a8fab95d1d42414665",
    "report": "3505aa237fc34a08e44ecd677507f98c5db0ea3c2a6e57267901603458d4fdbf",
}
LOGS = {"summary": "4eedd07d57c64315e92133d90e35fa343a7554813753e50ef99356b4892c8b43"}


class Examples(WeftTest):
    def digests(self, report):
        return {output["name"]: output["sha256"] for output in report["outputs"]}

    def test_vision_gives_the_same_bytes_in_every_mode(self):
        for mode in ("aot", "jit", "winch"):
            with self.subTest(mode):
                report = self.report(EXAMPLES / "vision/workflow.yaml", "--input", SOURCE / ".deps/vision/photo.jpg", "--mode", mode)
                self.assertEqual(self.digests(report), VISION)
                self.assertEqual(report["mode"], mode)

    def test_vision_gives_the_same_bytes_as_streams(self):
        text = (EXAMPLES / "vision/workflow.yaml").read_text()
        for step in ("decode", "gray", "edges", "histogram"):
            text = text.replace(f"run: steps/{step}.wasm", f"abi: stream, run: steps/{step}.wasm")
        flow = self.folder / "flow.yaml"
        flow.write_text(text)
        (self.folder / "steps").mkdir()
        for module in (EXAMPLES / "vision/steps").glob("*.wasm"):
            (self.folder / "steps" / module.name).write_bytes(module.read_bytes())
        report = self.report(flow, "--input", SOURCE / ".deps/vision/photo.jpg")
        self.assertEqual(self.digests(report), VISION)

    def test_vision_refuses_what_is_no_image_with_a_clear_log(self):
        result = self.weft("run", EXAMPLES / "vision/workflow.yaml", "--input", self.write("x", b"no image"))
        self.assertEqual(result.returncode, 1)
        self.assertIn("decode: not a JPEG or PNG", result.stdout.decode())

    def test_logs_retries_branches_and_joins(self):
        for mode in ("aot", "jit", "winch"):
            report = self.report(EXAMPLES / "logs/workflow.yaml", "--input", EXAMPLES / "logs/sample.log", "--mode", mode)
            self.assertEqual(self.digests(report), LOGS)
        self.assertEqual(len(self.step(report, "parse")["attempts"]), 10)
        self.assertGreater(len(self.step(report, "flaky")["attempts"]), 1)
        self.assertEqual(self.step(report, "calm")["state"], "skipped")
        report = self.report(EXAMPLES / "logs/workflow.yaml", "--input", EXAMPLES / "logs/sample.log", "--param", "limit=9")
        self.assertEqual(self.step(report, "alert")["state"], "skipped")
        self.assertEqual(self.step(report, "calm")["state"], "succeeded")
