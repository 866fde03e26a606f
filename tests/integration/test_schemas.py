"""The published schema of the report says what a report holds, no more and no less. (That of documents: tests/flow.)"""
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
    report_schema = json.loads((SOURCE / "api/report.schema.json").read_text())

    def test_reports_are_what_their_schema_says(self):
        good = self.report(EXAMPLES / "logs/workflow.yaml", "--input", EXAMPLES / "logs/sample.log")
        flow = self.flow("weft: 1\nname: t\ntimeout: 200ms\nsteps:\n  a: {run: misbehave.wasm, args: [trap]}\n  b: {run: misbehave.wasm, args: [loop]}\n  c: {run: cat.wasm, needs: a}\n")
        bad = self.report(flow, code=124)
        for report in (good, bad):
            self.assertEqual(violations(self.report_schema, report, self.report_schema), [])
