import { expect, test } from 'vitest';
import type { Event } from '../../src/model/events.js';
import { tellSurvey } from '../../src/pipeline/tell-survey.js';

test('a survey that is over in a moment says nothing, a longer one a few times a second', () => {
  let ms = 5000;
  const events: Event[] = [];
  const tell = tellSurvey(
    (event) => events.push(event),
    () => ms,
  );
  for (let bytes = 0; bytes <= 200; bytes += 10) {
    tell(bytes, 150);
    ms += 100;
  }
  const [first] = events;
  expect(first).toEqual({ type: 'survey', bytes: 100, totalBytes: 150 });
  // Of 1.1 seconds; and never more than there is.
  expect(events.map((event) => (event.type === 'survey' ? event.bytes : null))).toEqual([100, 130, 150, 150]);
});
