"""weft validate: documents and what they name. What is said of each kind of bad document is in tests/golden/flow."""
import json

from harness import SOURCE, WeftTest


class Validate(WeftTest):
    def setUp(self):
        super().setUp()
        self.write("m.wasm", b"\0asm\1\0\0\0")

    def step(self, text):
        self.write("flow.yaml", f"weft: 1\nname: t\nsteps:\n  a: {text}\n".encode())
        return self.weft("validate", "flow.yaml")

    def test_a_problem_is_shown_at_its_place_with_a_way_out(self):
        result = self.step("{run: m.wasm, need: b}")
        self.assertEqual(result.returncode, 2)
        text = result.stdout.decode()
        self.assertIn("flow.yaml:4:", text)
        self.assertIn("error[flow.unknown_key]", text)
        self.assertIn("did you mean `needs`?", text)
        self.assertIn("nothing was run", text)

    def test_problems_come_as_json_too(self):
        self.write("flow.yaml", b"weft: 1\nname: t\nsteps:\n  a: {run: m.wasm, need: b}\n")
        result = self.weft("validate", "flow.yaml", "--format", "json")
        problem = json.loads(result.stdout)[0]
        self.assertEqual((problem["code"], problem["line"]), ("flow.unknown_key", 4))

    def test_what_a_document_names_must_be_there(self):
        for code, step in (("file.missing", "{run: gone.wasm}"), ("module.digest", "{run: 'm.wasm@sha256:" + "0" * 64 + "'}"),
                           ("file.missing", "{run: m.wasm, files: {/d: gone}}")):
            result = self.step(step)
            self.assertEqual(result.returncode, 2)
            self.assertIn(f"error[{code}]", result.stdout.decode())

    def test_links_may_not_leave_the_folder(self):
        (self.folder / "out.wasm").symlink_to("/etc/hostname")
        self.assertIn("error[flow.outside_folder]", self.step("{run: out.wasm}").stdout.decode())

    def test_a_good_document_has_a_digest_that_follows_what_it_names(self):
        self.write("data/x", b"1")
        def digest(step):
            line = self.step(step).stdout.decode().splitlines()[1]
            self.assertIn("workflow t  sha256:", line)
            return line
        first = digest("{run: m.wasm, files: {/d: data}}")
        self.assertEqual(digest("{files: {/d: data}, run: ./m.wasm}"), first)
        self.write("data/x", b"2")
        self.assertNotEqual(digest("{run: m.wasm, files: {/d: data}}"), first)

    def test_the_canonical_form_is_a_document_again(self):
        self.step("{run: m.wasm, timeout: 1500ms}")
        form = json.loads(self.weft("validate", "flow.yaml", "--format", "json").stdout)
        self.assertEqual(form["weft"], 1)
        self.assertTrue(form["steps"]["a"]["run"].startswith("sha256:"))
