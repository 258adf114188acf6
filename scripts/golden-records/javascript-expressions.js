// Evaluates expressions with Node.js, with the variables that Debezium gives to GraalJS. Arguments: the expressions, the
// records (format of TransformRecords.java), the file for the results.
//
// Structs are objects whose members are the fields, as the proxies that Debezium makes of them; decimals are Java's
// objects with their methods. A result is one line: {"record", "expression"} and {"type", "text"}, {"error": CLASS,
// "message"}, or {"refused": MESSAGE} for an expression that JavaScript cannot compile.
'use strict';
const fs = require('fs');
const vm = require('vm');

const [expressions, recordsFile, results] = process.argv.slice(2);
const records = JSON.parse(fs.readFileSync(recordsFile, 'utf8'));

class Decimal {
  constructor(text) { this.text = () => text; }
  toString() { return this.text(); }
  doubleValue() { return Number(this.text()); }
  signum() { return Math.sign(Number(this.text())); }
}

function decimal(base64, scale) {
  const bytes = Buffer.from(base64, 'base64');
  let value = BigInt('0x' + bytes.toString('hex'));
  if (bytes[0] & 0x80) value -= 1n << BigInt(8 * bytes.length);
  const negative = value < 0n;
  let digits = (negative ? -value : value).toString().padStart(scale + 1, '0');
  return new Decimal((negative ? '-' : '') + digits.slice(0, -scale) + '.' + digits.slice(-scale));
}

function schemaObject(schema, factory) {
  if (!schema) return null;
  return factory({
    name: () => schema.name ?? null, isOptional: () => schema.optional ?? false, version: () => schema.version ?? null,
    field: (name) => {
      const index = schema.fields.findIndex((field) => field.field === name);
      return index < 0 ? null : { name: () => name, index: () => index, schema: () => schemaObject(schema.fields[index], factory) };
    },
  });
}

function convert(value, schema, context) {
  if (value === null || value === undefined) return schema && 'default' in schema ? schema.default : null;
  if (!schema) return value;
  switch (schema.type) {
    case 'struct': {
      const object = new context.Object();
      for (const field of schema.fields) object[field.field] = convert(value[field.field], field, context);
      return object;
    }
    case 'bytes': return schema.name?.endsWith('.Decimal') ? decimal(value, Number(schema.parameters.scale)) : value;
    case 'array': return context.Array.from(value, (item) => convert(item, schema.items, context));
    default: return value;
  }
}

function evaluate(expression, record) {
  const context = vm.createContext({});
  const globals = vm.runInContext('({Object, Array})', context);
  const read = (node) => node ? [convert(node.payload, node.schema, globals), schemaObject(node.schema, (x) => x)] : [null, null];
  [context.key, context.keySchema] = read(record.key);
  [context.value, context.valueSchema] = read(record.value);
  context.topic = record.topic;
  context.headers = new globals.Object();
  for (const [name, node] of record.headers ?? []) {
    const [value, schema] = read(node);
    context.headers[name] = { value, schema };
  }
  let script;
  try {
    script = new vm.Script(expression);
  } catch (error) {
    return { refused: error.message };
  }
  try {
    const value = script.runInContext(context, { timeout: 1000 });
    const type = vm.runInContext('Array', context).isArray(value) ? 'array' : value === null ? 'null' : typeof value;
    return { type, text: type === 'function' ? '' : String(value) };
  } catch (error) {
    return { error: error.name, message: error.message };
  }
}

let record = '';
const lines = [];
for (const line of fs.readFileSync(expressions, 'utf8').split('\n')) {
  if (line === '' || line.startsWith('#')) continue;
  if (line.startsWith('@ ')) {
    record = line.slice(2);
    continue;
  }
  lines.push(JSON.stringify({ record, expression: line, ...evaluate(line.replaceAll('⏎', '\n'), records[record]) }));
}
fs.writeFileSync(results, lines.join('\n') + '\n');
