import type { ContainerName, Packaging } from '../../model/plan.js';
import type { Container } from './container.js';
import { mpegts } from './mpegts.js';

const CONTAINERS: Readonly<Record<ContainerName, Container>> = { mpegts };

/** The container that a plan's segments are in. */
export function containerOf({ container }: Pick<Packaging, 'container'>): Container {
  return CONTAINERS[container];
}
