"""Documents, good and bad: what `weft validate` says of each stands beside it in tests/golden/flow.

WEFT_UPDATE_GOLDEN=1 writes what is said now; read the difference before you keep it."""
import json
import os
import re

from harness import SOURCE, WeftTest

GOLDEN = SOURCE / "tests/golden/flow"
UPDATE = os.environ.get("WEFT_UPDATE_GOLDEN") == "1"


class Documents(WeftTest):
    def said(self, path):
        """What validate says of a document in a folder where m.wasm and data/ are."""
        self.write("m.wasm", b"\0asm\1\0\0\0")
        self.write("data/file.txt", b"data")
        (self.folder / "flow.yaml").write_bytes(path.read_bytes())
        result = self.weft("validate", "flow.yaml")
        return result.returncode, result.stdout.decode() + result.stderr.decode()

    def test_each_kind_of_bad_document_is_told_as_its_golden_file_says(self):
        documents = sorted((GOLDEN / "bad").glob("*.yaml"))
        self.assertGreater(len(documents), 40)
        for path in documents:
            with self.subTest(path.stem):
                code, text = self.said(path)
                self.assertEqual(code, 2, text)
                expected = path.with_suffix(".txt")
                if UPDATE:
                    expected.write_text(text)
                self.assertEqual(text, expected.read_text())
                # The file is named for the code it is about.
                self.assertIn(f"error[flow.{path.stem.split('-')[0]}]", text)

    def test_every_code_of_the_parser_has_a_golden_file(self):
        sources = "".join(p.read_text() for folder in ("core/flow", "host/document") for p in (SOURCE / folder).glob("*.cc") if not p.name.endswith("_test.cc"))
        codes = set(re.findall(r'"flow\.([a-z_]+)"', sources))
        covered = {path.stem.split("-")[0] for path in (GOLDEN / "bad").glob("*.yaml")}
        # Too large to keep, or told elsewhere: core/flow and host/document test these themselves.
        elsewhere = {"too_many", "too_many_problems", "document_too_large", "too_deep", "not_text", "unknown_param"}
        self.assertEqual(codes - covered - elsewhere, set())

    def test_one_workflow_has_one_canonical_form_however_it_is_written(self):
        self.write("m.wasm", b"\0asm\1\0\0\0")
        self.write("data/file.txt", b"data")
        for folder in sorted((GOLDEN / "same").iterdir()):
            forms = set()
            for path in sorted(folder.iterdir()):
                (self.folder / path.name).write_bytes(path.read_bytes())
                result = self.weft("validate", path.name, "--format", "json")
                self.assertEqual(result.returncode, 0, result.stdout.decode())
                forms.add(result.stdout.decode())
            self.assertEqual(len(forms), 1, folder.name)
            form = json.loads(forms.pop())
            self.assertEqual(form["weft"], 1)

    def test_problems_come_as_json_too(self):
        self.write("m.wasm", b"\0asm\1\0\0\0")
        self.write("flow.yaml", b"weft: 1\nname: t\nsteps:\n  a: {run: m.wasm, need: b}\n")
        result = self.weft("validate", "flow.yaml", "--format", "json")
        self.assertEqual(json.loads(result.stdout)[0]["code"], "flow.unknown_key")
        self.assertEqual(json.loads(result.stdout)[0]["line"], 4)

    def test_what_a_document_names_must_be_there(self):
        cases = {"file.missing": "a: {run: gone.wasm}", "module.digest": "a: {run: 'm.wasm@sha256:" + "0" * 64 + "'}",
                 "file.missing ": "a: {run: m.wasm, files: {/d: gone}}"}
        self.write("m.wasm", b"\0asm\1\0\0\0")
        for code, step in cases.items():
            self.write("flow.yaml", f"weft: 1\nname: t\nsteps:\n  {step}\n".encode())
            result = self.weft("validate", "flow.yaml")
            self.assertEqual(result.returncode, 2)
            self.assertIn(f"error[{code.strip()}]", result.stdout.decode())

    def test_links_may_not_leave_the_folder(self):
        self.write("m.wasm", b"\0asm\1\0\0\0")
        (self.folder / "out.wasm").symlink_to("/etc/hostname")
        self.write("flow.yaml", b"weft: 1\nname: t\nsteps:\n  a: {run: out.wasm}\n")
        self.assertIn("error[flow.bad_path]", self.weft("validate", "flow.yaml").stdout.decode())
