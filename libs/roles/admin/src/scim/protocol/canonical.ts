import { isObject, named, type Attribute, type Resource, type ResourceType } from './schema.js';

/** A resource from a client: names in their own spelling, unknown ones and those that the service sets left out. */
export function canonical(given: Resource, type: ResourceType): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const extension = type.extensions.find((schema) => schema.id.toLowerCase() === name.toLowerCase());
    if (extension && isObject(value)) made[extension.id] = known(value, extension.attributes);
    const prefix = `${type.schema.id.toLowerCase()}:`;
    const plain = name.toLowerCase().startsWith(prefix) ? name.slice(prefix.length) : name;
    Object.assign(made, known({ [plain]: value }, type.schema.attributes));
  }
  return made;
}

function known(given: Resource, attributes: readonly Attribute[]): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const attribute = named(attributes, name);
    if (attribute && attribute.mutability !== 'readOnly') made[attribute.name] = partsOf(value, attribute);
  }
  return made;
}

function partsOf(value: unknown, attribute: Attribute): unknown {
  if (value === null) return undefined; // RFC 7643 section 2.5: null is no value
  if (attribute.multiValued && Array.isArray(value)) return value.map((element) => elementOf(element, attribute));
  if (attribute.multiValued) return [elementOf(value, attribute)];
  return elementOf(value, attribute);
}

function elementOf(value: unknown, attribute: Attribute): unknown {
  if (attribute.type !== 'complex') return value;
  if (isObject(value)) return known(value, attribute.subAttributes ?? []);
  return attribute.multiValued ? { value } : value;
}
