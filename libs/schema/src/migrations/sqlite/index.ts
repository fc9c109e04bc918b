export const migrations: (new () => object)[] = [];
