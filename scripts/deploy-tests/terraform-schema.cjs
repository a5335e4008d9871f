// The schema of a provider's resources, read from HashiCorp's bindings for it (npm, @cdktf/provider-*), since providers themselves
// cannot be had from npm. The bindings were made from the provider's own schema: what can be written is in the interfaces of
// index.d.ts, what only the provider sets, and the kinds of all, in index.js.
const fs = require("fs");
const path = require("path");

const SIMPLE = { string: '"string"', number: '"number"', boolean: '"bool"', any: '"dynamic"' };
const GETTERS = {
  String: '"string"', Number: '"number"', Boolean: '"bool"', List: '["list","string"]', NumberList: '["list","number"]',
  StringMap: '["map","string"]', NumberMap: '["map","number"]', BooleanMap: '["map","bool"]',
};
const NESTING = { struct: "SINGLE", list: "LIST", set: "SET", map: "MAP" };

/** The type of an attribute as a provider tells it, of what the bindings call type and storageClassType: list, stringList. */
function typeOf({ kind, storage }) {
  const [, element, collection] = /^(string|number|boolean|any)(List|Map)?$/.exec(storage) ?? [];
  if (!element) return '"dynamic"';
  return collection ? `["${kind === "set" ? "set" : collection.toLowerCase()}",${SIMPLE[element]}]` : SIMPLE[element];
}

/** The bindings of one resource. */
class Bindings {
  constructor(folder) {
    this.code = fs.readFileSync(path.join(folder, "index.js"), "utf8");
    this.types = fs.readFileSync(path.join(folder, "index.d.ts"), "utf8");
  }

  /** What can be written into a structure: name -> {required, isBlock}. */
  inputs(structure) {
    const body = new RegExp(`^export interface ${structure} .*\\{\\n([^]*?)^\\}`, "m").exec(this.types)?.[1] ?? "";
    const found = new Map();
    for (const [, comment, optional] of body.matchAll(/\/\*\*\n([^]*?)\*\/\n +readonly \w+(\??):/g)) {
      const name = /#(\w+) /.exec(comment)?.[1];
      if (name && name !== "alias") found.set(name, { required: !optional, isBlock: comment.includes(`* ${name} block\n`) });
    }
    return found;
  }

  /** How what can be written is kept, by the function that turns it into HCL: name -> {kind, storage}. */
  kinds(text) {
    const entry = /^ +(\w+): \{\n +value: .*\n +isBlock: \w+,\n +type: "(\w+)",\n +storageClassType: "(\w+)",/gm;
    return new Map([...text.matchAll(entry)].map(([, name, kind, storage]) => [name, { kind, storage }]));
  }

  /** A part of index.js from the line that begins with the start. */
  part(start, end) {
    const begin = this.code.indexOf(`\n${start}`);
    if (begin < 0) return "";
    const stop = this.code.indexOf(end, begin + 1);
    return this.code.slice(begin, stop < 0 ? undefined : stop);
  }

  nested(structure, seen) {
    const converter = `function ${structure[0].toLowerCase()}${structure.slice(1)}ToHclTerraform(`;
    return this.block(structure, this.part(`class ${structure}OutputReference `, "\nclass "), this.part(converter, "\n}\n"), seen);
  }

  /** @param own the text of the class, which tells what only the provider sets */
  block(structure, own, hcl, seen = []) {
    const inputs = this.inputs(structure);
    const kinds = this.kinds(hcl);
    const attributes = [];
    const block_types = [];
    const computed = [...own.matchAll(/^ +\/\/ (\w+) - computed: true, optional: false/gm)].map(([, name]) => name);
    for (const name of new Set([...inputs.keys(), ...computed])) {
      const input = inputs.get(name);
      const kind = kinds.get(name);
      const [, inner, holder] = new RegExp(`= new (\\w+?)(List|OutputReference|MapList|Map)\\(this, "${name}"`).exec(own) ??
        /^(?:\w*ListMap)?([A-Z]\w*?)(List)?$/.exec(kind?.storage ?? "") ?? [];
      // What nothing says is taken as one that the provider may set, as most are.
      const rule = { required: !!input?.required, optional: !!input && !input.required, computed: !input?.required && !name.endsWith("_wo") };
      if (!inner || !this.code.includes(`class ${inner}OutputReference `) && !this.inputs(inner).size) {
        const getter = new RegExp(`this\\.get(\\w+)Attribute\\('${name}'\\)`).exec(own)?.[1];
        const type = kind ? typeOf(kind) : GETTERS[getter] ?? '"dynamic"';
        // HashiCorp's own rule for names: what ends in _wo is written, and never read back.
        attributes.push({ name, ...rule, type: Buffer.from(type), write_only: name.endsWith("_wo") });
        continue;
      }
      // A structure that holds itself (the rules of a firewall) ends at its third turn.
      if (seen.filter((other) => other === inner).length > 2) continue;
      const content = this.nested(inner, [...seen, inner]);
      const nesting = NESTING[kind?.kind ?? (holder === "List" ? "list" : "struct")];
      if (!input?.isBlock) {
        attributes.push({ name, ...rule, nested_type: { attributes: content.attributes, nesting } });
        continue;
      }
      const many = nesting !== "SINGLE";
      block_types.push({
        type_name: name, block: content, nesting,
        min_items: many && input.required ? 1 : 0, max_items: many && holder === "OutputReference" ? 1 : 0,
      });
    }
    return { attributes, block_types };
  }
}

/** Of one file of the bindings; null if there is none, so that terraform itself refuses the type. */
function schemaOf(folder, base) {
  if (!fs.existsSync(path.join(folder, "index.js"))) return null;
  const bindings = new Bindings(folder);
  const name = new RegExp(`^class (\\w+) extends cdktf\\.${base} \\{`, "m").exec(bindings.code)?.[1];
  if (!name) throw new Error(`${folder} has no ${base}`);
  const own = bindings.part(`class ${name} extends`, "\nclass ");
  const block = bindings.block(`${name}Config`, own, own);
  if (base !== "TerraformProvider" && block.attributes.length + block.block_types.length < 2) throw new Error(`${folder} was not understood`);
  return { version: 0, block };
}

/** Of all types of the provider that the texts of HCL name. */
function providerSchema(folder, provider, hcl) {
  const of = (block, base, prefix) => {
    const found = {};
    for (const [, type] of hcl.matchAll(new RegExp(`^ *${block} "(${provider}_\\w+)"`, "gm"))) {
      const name = prefix + type.slice(provider.length + 1).replaceAll("_", "-");
      const schema = schemaOf(path.join(folder, name), base);
      if (schema) found[type] = schema;
    }
    return found;
  };
  return {
    provider: schemaOf(path.join(folder, "provider"), "TerraformProvider"),
    resource_schemas: of("resource", "TerraformResource", ""),
    data_source_schemas: of("data", "TerraformDataSource", `data-${provider}-`),
  };
}

module.exports = { providerSchema };
