import text from '../../../docs/warnings.md?raw';

/** One paragraph about a warning: "Raised if", "Meaning", "What to do". */
export interface HelpParagraph {
  readonly label: string;
  readonly text: string;
}

/** What docs/warnings.md says about a warning's code; empty where it says nothing. */
export function warningHelp(code: string): readonly HelpParagraph[] {
  return help.get(code) ?? [];
}

const help = parse(text);

function parse(markdown: string): Map<string, HelpParagraph[]> {
  const sections = markdown.split(/^#+ /m);
  return new Map(
    sections.flatMap((section) => {
      const [, code, body] = /^`([a-z-]+)`\n([^]*)$/.exec(section) ?? [];
      if (code === undefined || body === undefined) return [];
      const paragraphs = body.trim().split(/\n{2,}/);
      return [[code, paragraphs.map(paragraph)] as const];
    }),
  );
}

/** "_Meaning._ The gradient …" with its line breaks and code marks taken out. */
function paragraph(markdown: string): HelpParagraph {
  const plain = markdown.replaceAll('\n', ' ').replaceAll('`', '');
  const [, label, rest] = /^_([^_]+?)\.?_,? (.*)$/.exec(plain) ?? [];
  return { label: label ?? '', text: rest ?? plain };
}
