import { Module } from '@visual-echoes/core';

class NamedModules extends Module {}

/** Modules under names of their own, as PyTorch's `ModuleDict` has them. */
export function namedModules(modules: readonly Module[], name: (i: number) => string): Module {
  return Object.assign(new NamedModules(), Object.fromEntries(modules.map((module, i) => [name(i), module])));
}
