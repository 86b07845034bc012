import { element } from './elements.js';
import type { Choice, Menu, MenuKind, Player } from './player.js';

const KINDS: readonly MenuKind[] = ['quality', 'audio', 'subtitles'];

/** The menus of the player. Those without a choice are not shown. */
export class Menus {
  readonly #player: () => Player | null;

  constructor(player: () => Player | null) {
    this.#player = player;
    for (const kind of KINDS) {
      const select = element(kind, HTMLSelectElement);
      select.addEventListener('change', () => this.#player()?.menu(kind).choose(select.value));
    }
    this.update();
  }

  update(): void {
    for (const kind of KINDS) {
      const menu = this.#player()?.menu(kind) ?? null;
      fill(element(kind, HTMLSelectElement), menu?.choices ?? [], menu?.chosen ?? '');
    }
  }

  /** The next choice of a menu, or the one before it, in a circle; null: there is none. */
  step(kind: MenuKind, by: 1 | -1): Choice | null {
    const menu: Menu | undefined = this.#player()?.menu(kind);
    if (menu === undefined || menu.choices.length === 0) return null;
    const at = menu.choices.findIndex(({ id }) => id === menu.chosen);
    const next = menu.choices.at((Math.max(0, at) + by) % menu.choices.length);
    if (next === undefined) return null;
    menu.choose(next.id);
    this.update();
    return next;
  }
}

/** Gives a select these choices; without any it is hidden, its label as well. */
export function fill(select: HTMLSelectElement, choices: readonly Choice[], chosen: string): void {
  const label = select.closest('label');
  if (label !== null) label.hidden = choices.length === 0;
  const key = JSON.stringify(choices);
  // Not while it is open under somebody's finger for nothing.
  if (select.dataset['choices'] !== key) {
    select.dataset['choices'] = key;
    select.replaceChildren(...choices.map(({ id, label: text }) => new Option(text, id)));
  }
  if (select.value !== chosen) select.value = chosen;
}
