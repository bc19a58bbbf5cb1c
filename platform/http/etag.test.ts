import { expect, it } from 'vitest';
import { hasAlready } from './etag.ts';

it('a client has what it names, by a weak or a strong tag, alone or among others, or by *', () => {
  for (const header of ['W/"tag"', '"tag"', '*', ' * ', '"a", "tag"', 'W/"a",W/"tag" ,"b"', ',,"tag"', 'x, "tag"', '"a,b","tag"']) {
    expect(hasAlready(header, 'tag'), header).toBe(true);
  }
  for (const header of ['', 'tag', '"ta"', '"tagg"', '"TAG"', '"tag', 'w/"tag"', '"a" "tagx"', 'W/tag', '"xtag"', '"ta","g"']) {
    expect(hasAlready(header, 'tag'), header).toBe(false);
  }
});
