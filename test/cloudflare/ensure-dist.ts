// Bundlers take the package as it is published.
export { ensureDist as default } from '../../scripts/ensure-dist.mjs';
