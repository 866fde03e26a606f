"""The layers hold: who may include what, and which symbols the core may reference."""
import pathlib
import re
import subprocess
import unittest

from harness import BUILD, SANITIZED, SOURCE

# Which of our folders a folder may include, besides itself.
ROOMS = {
    "core/base": set(),
    "core/flow": {"core/base"},
    "core/run": {"core/base", "core/flow"},
    "core/wasi": {"core/base"},
    "core/module": {"core/base"},
    "core/place": {"core/base", "core/flow"},
    "core/wire": {"core/base"},
    "core/report": {"core/base", "core/run"},
    "host/payload": {"core"},
    "host/ports": {"core", "host/payload"},
    "host/document": {"core"},
    "host/store": {"core", "host/payload", "host/ports"},
    "host/engine": {"core", "host/payload", "host/ports"},
    "host/driver": {"core", "host/payload", "host/ports"},
    "host/fakes": {"core", "host/payload", "host/ports"},
    "sim": {"core"},
    "bench": {"core", "host"},
    "fuzz": {"core", "host"},
    "apps/weft": {"core", "host"},
}
# Who alone may include a library.
OWNERS = {r"wasmtime|wasm\.h": "host/engine", r"boost/": "host/driver", r"libfyaml": "host/document", r"CLI/": "apps/weft"}
# Headers of the standard library that reach outside: not for the core.
OUTSIDE = {"iostream", "fstream", "filesystem", "thread", "mutex", "chrono", "random", "future", "condition_variable",
           "unordered_map", "unordered_set", "cstdio", "ctime", "shared_mutex", "stop_token", "regex", "format", "print"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def sources():
    for room in ("core", "host", "apps", "sim", "bench", "fuzz"):
        for path in sorted((SOURCE / room).rglob("*")):
            if path.suffix in (".h", ".cc"):
                yield path, path.relative_to(SOURCE).parent.as_posix()


class Layers(unittest.TestCase):
    def test_every_folder_includes_only_what_it_may(self):
        for path, room in sources():
            self.assertIn(room, ROOMS, f"{room} is in no layer: add it to ROOMS")
            allowed = ROOMS[room] | ({"host/fakes"} if path.name.endswith("_test.cc") else set())
            for kind, name in INCLUDE.findall(path.read_text()):
                with self.subTest(path=str(path.relative_to(SOURCE)), include=name):
                    if kind == '"':
                        target = name.rsplit("/", 1)[0]
                        self.assertTrue(target == room or any(target == a or target.startswith(a + "/") for a in allowed), f"{room} may not include {target}")
                    for pattern, owner in OWNERS.items():
                        if re.match(pattern, name):
                            self.assertEqual(room, owner)
                    if room.startswith("core/") and kind == "<" and not path.name.endswith("_test.cc"):
                        self.assertNotIn(name, OUTSIDE)

    def test_core_tests_include_only_the_core_and_googletest(self):
        for path, room in sources():
            if room.startswith("core/") and path.name.endswith("_test.cc"):
                for kind, name in INCLUDE.findall(path.read_text()):
                    self.assertTrue(kind == "<" or name.startswith("core/"), f"{path}: {name}")

    @unittest.skipIf(SANITIZED, "sanitizers add symbols of their own")
    def test_the_core_references_no_system(self):
        # Everything the core may use of the C library: memory and text, no calls that reach outside.
        allowed = re.compile(
            r"^(_Z.*|__cxa_|__gxx|__stack_chk_fail|memcpy|memmove|memset|memcmp|memchr|strlen|strcmp|abort|__assert_fail|"
            r"operator|_Unwind|_GLOBAL_|__dso_handle|__popcount|ceil|floor|sqrt|bcmp|__udivti3|__umodti3|__cpu_model|__errno_location|strtol|snprintf)")
        forbidden = re.compile(r"^(open|read|write|close|socket|time|clock|gettimeofday|printf|puts|fopen|fwrite|malloc_|pthread_|getenv|exit|poll|select|mmap|std::thread)")
        forbidden_std = re.compile(r"_ZNSt(6thread|5mutex|6chrono|8ios_base)|_ZNSt10filesystem|_ZSt(4cout|4cerr|4clog)")
        for library in sorted((BUILD / "core").rglob("libweft_core_*.a")):
            symbols = subprocess.run(["nm", "--undefined-only", "--no-sort", library], capture_output=True, text=True).stdout
            for line in symbols.splitlines():
                parts = line.split()
                if len(parts) == 2 and parts[0] == "U":
                    name = parts[1]
                    self.assertIsNone(forbidden.match(name), f"{library.name} references {name}")
                    self.assertIsNone(forbidden_std.search(name), f"{library.name} references {name}")
                    self.assertIsNotNone(allowed.match(name), f"{library.name} references {name}")

    def test_no_file_is_longer_than_a_person_reads(self):
        for path, _ in sources():
            if not path.name.endswith("_test.cc"):
                self.assertLess(len(path.read_text().splitlines()), 800, path)
