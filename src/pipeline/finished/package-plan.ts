import type { Packaging } from '../../model/packaging.js';
import { CONTAINER_NAMES } from '../../model/packaging.js';
import type { Decision, EncodePlan } from '../../model/plan.js';
import { rational } from '../../model/rational.js';
import { streamsOf, type Rendition } from '../../model/rendition.js';
import type { TitleSettings } from '../../model/settings.js';
import { planPackaging } from '../../stages/plan/packaging.js';
import { predict } from '../../stages/plan/prediction.js';
import { versionOf } from '../../stages/plan/version.js';
import { containerOf } from '../../tools/containers/containers.js';
import type { FinishedSource } from './finished-source.js';

/** To be raised when the same streams are written into other bytes. */
const RECIPE = 1;

/**
 * The plan of a title in these forms, made of finished renditions. What is there in a form keeps its name and its bytes;
 * what is written anew has a name of its own, which says of what it was made and how. Pure.
 */
export function packagePlan(
  source: Pick<FinishedSource, 'plan' | 'isClosed'>,
  format: NonNullable<TitleSettings['format']>,
): EncodePlan {
  const { plan } = source;
  const { grid, timeline } = plan;
  const forms = planPackaging(format, grid.frameRate).map((form) => formOf(plan, form));
  const decisions: Decision[] = [];
  const renditions = streamsOf(plan.renditions).flatMap((stream) =>
    forms.map((form) => {
      const there = stream.find((one) => one.container === form.container && source.isClosed(one));
      const rendition = there ?? writtenAnew(stream, form, plan);
      const choice = CONTAINER_NAMES[form.container];
      decisions.push({
        subject: rendition.name,
        choice,
        reason: there ? 'taken as it is' : 'the same stream, written anew',
      });
      return rendition;
    }),
  );
  const prediction = predict(grid, timeline, renditions);
  return { ...plan, packaging: forms, renditions, decisions: [...plan.decisions, ...decisions], prediction };
}

/** Segments that stay say themselves where their 0 is. */
function formOf({ packaging }: EncodePlan, form: Packaging): Packaging {
  const there = packaging.find(({ container }) => container === form.container);
  return there ? { ...there, manifests: form.manifests } : form;
}

function writtenAnew([from]: readonly Rendition[], form: Packaging, { grid }: EncodePlan): Rendition {
  if (!from) throw new RangeError('a stream is at least one rendition');
  const { container, zeroSeconds, protection } = form;
  const rate = from.kind === 'audio' ? rational(from.sampleRate) : (grid.frameRate ?? rational(25));
  const timescale = containerOf({ container }).timescale(from.kind, rate);
  const version = versionOf({ recipe: RECIPE, from: from.version, container, zeroSeconds, protection, timescale });
  return { ...from, container, timescale, version, id: `${from.name}-${version}` };
}

/** The rendition of the source that one of the title is made of. */
export function originalOf(
  { plan, isClosed }: Pick<FinishedSource, 'plan' | 'isClosed'>,
  rendition: Rendition,
): Rendition {
  const stream = plan.renditions.filter(({ kind, name }) => kind === rendition.kind && name === rendition.name);
  const original = stream.find((one) => one.container === rendition.container && isClosed(one)) ?? stream[0];
  if (!original) throw new RangeError(`${rendition.name} is made of nothing`);
  return original;
}
