// What is made of other files: settings.tf of the variables of modules/values, its names.tf of config.yml and the chart, and the tables of README.md.
// Usage: node terraform-docs.cjs FOLDER [--write]: without it, says what is not as it would be made, and fails.
const fs = require("fs");
const path = require("path");
const { parse } = require("@cdktf/hcl2json");
const yaml = require("yaml");

const root = path.resolve(process.argv[2]);
const write = process.argv.includes("--write");
const read = (name) => fs.readFileSync(path.join(root, name), "utf8");
const faults = [];

/** The variables of modules/values as those of the root: without validations, which it makes itself. */
function settings() {
  const blocks = read("modules/values/variables.tf").replaceAll(/\n(\n?  validation \{\n[^]*?\n  \}\n)+/g, "\n");
  return `# Made by scripts/deploy-tests/terraform write of modules/values/variables.tf, which says what is refused.\n\n${blocks}`;
}

/** The variables of config.yml, and those of them that the chart sets by values of its own. */
function names() {
  const settings = [...new Set([...read("../../config.yml").matchAll(/\$\{([A-Z0-9_]+)/g)].map(([, name]) => name))].sort();
  const chart = yaml.parse(/define "webhook-broker\.ownValues" -\}\}\n([^]*?)\{\{- end/.exec(read("../chart/templates/_checks.tpl"))[1]);
  for (const name of Object.keys(chart)) if (!settings.includes(name)) faults.push(`the chart sets ${name}, and config.yml has none`);
  for (const name of settings)
    if (/PASSWORD|SECRET$|^SECRETS_KEY|^SEED_/.test(name) && !chart[name]) faults.push(`${name} is a secret, and config would take it`);
  return { settings, chart };
}

function namesFile() {
  const { settings, chart } = names();
  const longest = Math.max(...Object.keys(chart).map((name) => name.length));
  const rows = [];
  for (const name of settings) {
    if ((rows.at(-1)?.length ?? 999) + name.length < 140) rows.push(`${rows.pop()} ${name},`);
    else rows.push(`${name},`);
  }
  const quoted = (text) => JSON.stringify(text).replaceAll("${", "$${").replaceAll("%{", "%%{");
  return `# Made by scripts/deploy-tests/terraform write of config.yml and of what deploy/chart/templates/_checks.tpl says of config.

locals {
  settings = [
${rows.map((row) => `    ${row.replace(/\w+/g, '"$&"')}\n`).join("")}  ]

  chart_values = {
${Object.entries(chart).map(([name, how]) => `    ${name.padEnd(longest)} = ${quoted(how)}\n`).join("")}  }
}
`;
}

async function blocksOf(folder, kind, without) {
  const found = {};
  for (const file of fs.readdirSync(path.join(root, folder)).filter((name) => name.endsWith(".tf") && name !== without))
    Object.assign(found, (await parse(file, read(path.join(folder, file))))[kind] ?? {});
  return Object.entries(found).map(([name, [block]]) => ({ name, ...block }));
}

const cell = (text) => text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ");

/** A type as the table has it: the fields of an object without those that it nests. */
function typeOf(type) {
  const text = type.replace(/^\$\{|\}$/g, "").replace(/\s+/g, " ");
  const fields = /^object\(\{ ?(.*?) ?\}\)$/.exec(text);
  return cell(fields ? `{${fields[1].replace(/ ([a-z_]+ = )/g, ", $1").replaceAll(",,", ",")}}` : text);
}

/** Without those of settings.tf, which are in the table of modules/values. */
async function tables(folder) {
  const lines = ["| input | type | default | |", "| --- | --- | --- | --- |"];
  for (const { name, type, default: preset, description } of await blocksOf(folder, "variable", "settings.tf")) {
    const shown = preset === undefined ? "**needed**" : `\`${cell(JSON.stringify(preset))}\``;
    lines.push(`| \`${name}\` | \`${typeOf(type ?? "")}\` | ${shown} | ${cell(description ?? "")} |`);
  }
  lines.push("", "| output | |", "| --- | --- |");
  for (const { name, description } of await blocksOf(folder, "output")) lines.push(`| \`${name}\` | ${cell(description ?? "")} |`);
  return lines.join("\n");
}

async function readme() {
  const parts = read("README.md").split(/(<!-- tables of (\S+) -->\n[^]*?<!-- end of tables -->)/);
  let text = "";
  for (let i = 0; i < parts.length; i += 3) {
    text += parts[i];
    if (parts[i + 2]) text += `<!-- tables of ${parts[i + 2]} -->\n${await tables(parts[i + 2])}\n<!-- end of tables -->`;
  }
  return text;
}

function put(name, text) {
  if (fs.existsSync(path.join(root, name)) && read(name) === text) return;
  if (write) fs.writeFileSync(path.join(root, name), text);
  else faults.push(`${name} is not current: run scripts/deploy-tests/terraform write`);
}

/** What terraform itself does not ask of a module. */
async function rules(folder) {
  const say = (text) => faults.push(`${folder}: ${text}`);
  const text = fs.readdirSync(path.join(root, folder)).filter((name) => name.endsWith(".tf")).map((name) => read(path.join(folder, name))).join("\n");
  for (const { name, type, description, default: preset, validation } of await blocksOf(folder, "variable")) {
    if (!type || type === "${any}") say(`variable ${name} has no type`);
    if (!description) say(`variable ${name} has no description`);
    // Its own block names it once for each validation.
    const own = new RegExp(`^variable "${name}" \\{\\n[^]*?^\\}`, "m");
    if (!new RegExp(`\\bvar\\.${name}\\b`).test(text.replace(own, ""))) say(`variable ${name} is not used`);
    if (/password|secret|token|_key$/.test(name) && typeof preset === "string" && preset) say(`variable ${name} has a secret as its default`);
    for (const { error_message } of validation ?? []) {
      if (!error_message.startsWith(name)) say(`a refusal of ${name} does not name it first: ${error_message}`);
      if (error_message.length < name.length + 25) say(`a refusal of ${name} does not say what to do: ${error_message}`);
    }
  }
  for (const { name, description } of await blocksOf(folder, "output")) if (!description) say(`output ${name} has no description`);
}

async function main() {
  put("settings.tf", settings());
  put("modules/values/names.tf", namesFile());
  put("README.md", await readme());
  const below = (folder) => fs.readdirSync(path.join(root, folder)).map((name) => `${folder}/${name}`);
  for (const folder of [".", ...below("modules"), ...below("examples")]) await rules(folder);
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length ? 1 : 0;
}

main();
