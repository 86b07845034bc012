import type { ContainerName, Packaging } from '../../model/packaging.js';
import type { Container } from './container.js';
import { fmp4 } from './fmp4.js';
import { mpegts } from './mpegts.js';

const CONTAINERS: Readonly<Record<ContainerName, Container>> = { mpegts, fmp4 };

/** The container that a rendition's segments are in. */
export function containerOf({ container }: Pick<Packaging, 'container'>): Container {
  return CONTAINERS[container];
}
