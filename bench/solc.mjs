// Compiles a standard-JSON description read from stdin and writes the compiler's answer to stdout.
// Imports are found in node_modules, so the peers' sources are the packages' own.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import solc from "solc";

const packages = join(dirname(fileURLToPath(import.meta.url)), "..", "node_modules");

function readImport(path) {
  try {
    return { contents: readFileSync(join(packages, path), "utf8") };
  } catch (error) {
    return { error: error.message }; // solc reports it together with the importing line
  }
}

process.stdout.write(solc.compile(readFileSync(0, "utf8"), { import: readImport }));
