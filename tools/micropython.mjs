// Runs Python in MicroPython: {module, files, calls} as JSON on stdin, the results as JSON on stdout.
// A call is [module, function, arguments]; `micropython.py` is the side that asks.
import { readFileSync } from "node:fs";

const { module, files, calls } = JSON.parse(readFileSync(0, "utf8"));
const { loadMicroPython } = await import(module);
const python = await loadMicroPython({ heapsize: 16 * 1024 * 1024 });

for (const [path, source] of Object.entries(files)) {
  const folders = path.split("/").slice(0, -1);
  folders.forEach((_, k) => {
    const folder = "/page/" + folders.slice(0, k + 1).join("/");
    if (!python.FS.analyzePath(folder).exists) python.FS.mkdirTree(folder);
  });
  python.FS.mkdirTree("/page");
  python.FS.writeFile("/page/" + path, source);
}
python.globals.set("calls", calls);  // a string: a number would be cut to 32 bits on its way
python.runPython(`
import json, sys
sys.path.insert(0, "/page")

def answer(module, function, arguments):
    return getattr(__import__(module, None, None, [function]), function)(*arguments)

def sendable(value):  # JSON knows no infinity: it goes as a string, which float() reads
    if isinstance(value, (tuple, list)):
        return [sendable(part) for part in value]
    return str(value) if isinstance(value, float) and value - value != 0 else value

answers = json.dumps([sendable(answer(*call)) for call in json.loads(calls)])
`);
process.stdout.write(python.globals.get("answers"));
