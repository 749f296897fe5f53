import { resolve } from 'node:path';
import type { NextConfig } from 'next';

// The library is two folders up. An application that has it from npm needs none of this.
const config: NextConfig = { turbopack: { root: resolve(import.meta.dirname, '../..') } };

export default config;
