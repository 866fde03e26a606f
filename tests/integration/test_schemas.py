"""The published schemas say what the parser takes and what the report holds, no more and no less."""
import json
import re

from harness import EXAMPLES, SOURCE, WeftTest


def violations(schema, value, root, path="$"):
    """Where `value` is not what `schema` says; the keywords that our schemas use, nothing else."""
    known = {"$schema", "title", "description", "$defs", "$ref", "type", "const", "enum", "pattern", "minLength", "minimum", "maximum", "oneOf",
             "items", "minItems", "properties", "required", "additionalProperties", "propertyNames", "minProperties"}
    assert set(schema) <= known, set(schema) - known
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rsplit("/", 1)[1]]
    types = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
    if "type" in schema:
        allowed = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        fits = any(number and (t == "number" or isinstance(value, int)) if t in ("integer", "number") else isinstance(value, types[t]) for t in allowed)
        if not fits:
            return [f"{path}: is no {allowed}"]
    out = []
    if "const" in schema and value != schema["const"]:
        out.append(f"{path}: is not {schema['const']}")
    if "enum" in schema and value not in schema["enum"]:
        out.append(f"{path}: is not in {schema['enum']}")
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        out.append(f"{path}: does not match")
    if isinstance(value, (int, float)) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        out.append(f"{path}: is out of range")
    if "oneOf" in schema and sum(not violations(s, value, root, path) for s in schema["oneOf"]) != 1:
        out.append(f"{path}: is not one of the forms")
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            out.append(f"{path}: is too short")
        for i, item in enumerate(value):
            out += violations(schema.get("items", {}), item, root, f"{path}[{i}]")
    if isinstance(value, dict):
        out += [f"{path}: lacks {key}" for key in schema.get("required", []) if key not in value]
        if len(value) < schema.get("minProperties", 0):
            out.append(f"{path}: is too small")
        for key, item in value.items():
            out += violations(schema.get("propertyNames", {}), key, root, f"{path}.{key} (name)")
            more = schema.get("additionalProperties", True)
            if key in schema.get("properties", {}):
                out += violations(schema["properties"][key], item, root, f"{path}.{key}")
            elif more is False:
                out.append(f"{path}: has {key}")
            elif isinstance(more, dict):
                out += violations(more, item, root, f"{path}.{key}")
    return out


class Schemas(WeftTest):
    workflow = json.loads((SOURCE / "api/workflow.schema.json").read_text())
    report_schema = json.loads((SOURCE / "api/report.schema.json").read_text())

    def test_the_workflow_schema_has_just_the_keys_of_the_parser(self):
        keys = (SOURCE / "core/flow/keys.h").read_text()
        def table(name):
            return set(re.findall(r'"([a-z_]+)"', re.search(name + r"[^;]*;", keys).group(0)))
        step = self.workflow["$defs"]["step"]["properties"]
        self.assertEqual(set(self.workflow["properties"]), table("kTopKeys"))
        self.assertEqual(set(step), table("kStepKeys"))
        self.assertEqual(set(step["retry"]["properties"]), table("kRetryKeys"))
        self.assertEqual(set(step["instances"]["properties"]), table("kInstancesKeys"))
        self.assertEqual(set(step["when"]["oneOf"][1]["properties"]), table("kWhenKeys"))

    def test_parser_and_schema_agree_on_single_values(self):
        """A step with one key set: taken by both or refused by both."""
        self.write("m.wasm", b"\0asm\1\0\0\0")
        self.write("d", b"")
        values = {
            "args": [["a", 1, True], "one", {"x": 1}], "env": [{"A": "b"}, {"A": ["b"]}, ["A"]], "each": ["lines", "frames", "line"],
            "when": ["success", "always", "never", {"step": "b"}], "accept": [[0, 3], 7, [256], [-1], []], "timeout": ["1s", "1.5m", "5", 5, "1 s"],
            "retry": [{"max": 3}, {"max": 3, "backoff": "1s", "factor": 1.5}, {"backoff": "1s"}, {"max": -1}, {"max": 1, "factor": 0.5}, {"max": 1, "tries": 2}],
            "memory": ["64MiB", "1GiB", 1024, "big"], "files": [{"/d": "d"}, {"/d": ["d"]}], "outputs": [["a"], "a", [{}]], "abi": ["command", "stream", "wasi"],
            "seed": [0, 7, -1, "x"], "place": ["edge", ["edge", "cloud"], "Edge"], "needs": ["b", ["b"], {"k": "b"}, [], {}, 5], "run": ["m.wasm", ["m.wasm"]],
        }
        for key, candidates in values.items():
            for value in candidates:
                step = {"run": "m.wasm", key: value}
                document = {"weft": 1, "name": "t", "steps": {"a": step, "b": {"run": "m.wasm"}}}
                self.write("flow.json", json.dumps(document).encode())
                taken = self.weft("validate", "flow.json").returncode == 0
                with self.subTest(key=key, value=value):
                    self.assertEqual(violations(self.workflow, document, self.workflow) == [], taken)

    def test_reports_are_what_their_schema_says(self):
        good = self.report(EXAMPLES / "logs/workflow.yaml", "--input", EXAMPLES / "logs/sample.log")
        flow = self.flow("weft: 1\nname: t\ntimeout: 200ms\nsteps:\n  a: {run: misbehave.wasm, args: [trap]}\n  b: {run: misbehave.wasm, args: [loop]}\n  c: {run: cat.wasm, needs: a}\n")
        bad = self.report(flow, code=124)
        for report in (good, bad):
            self.assertEqual(violations(self.report_schema, report, self.report_schema), [])
