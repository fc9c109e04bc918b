import { EmbeddedActionsParser, type IToken, type TokenType } from 'chevrotain';
import type { Span } from './problem.js';
import type {
  AnnotationNode,
  BinaryOperator,
  CallNode,
  DefinitionNode,
  EventKinds,
  ExpressionNode,
  HandlerNode,
  NameNode,
  QueryNode,
  ReferenceNode,
  SelectItemNode,
  StatementNode,
} from './syntax.js';
import * as t from './tokens.js';
import { numberConstant, timeConstant, textConstant } from './constants.js';

const { Mark } = t;
type Report = (at: Span, message: string) => void;

/** The grammar of one statement of a rule: a definition or a query, with annotations before it. */
export class StatementParser extends EmbeddedActionsParser {
  /** Told about numbers and units that are out of range; set before parsing. */
  report: Report = () => undefined;

  constructor() {
    super(t.allTokens, { recoveryEnabled: false, maxLookahead: 3 });
    this.performSelfAnalysis();
  }

  readonly statement = this.RULE('statement', (): StatementNode => {
    const annotations: AnnotationNode[] = [];
    this.MANY(() => annotations.push(this.SUBRULE(this.annotation)));
    const body: QueryNode | DefinitionNode = this.OR([
      { ALT: () => this.SUBRULE(this.definition) },
      { ALT: () => this.SUBRULE(this.query) },
    ]);
    return { annotations, body };
  });

  private readonly annotation = this.RULE('annotation', (): AnnotationNode => {
    const at = this.CONSUME(Mark.At);
    const name = this.SUBRULE(this.anyWord);
    this.OPTION(() => {
      this.CONSUME(Mark.Colon);
      this.SUBRULE2(this.anyWord);
    });
    this.OPTION2(() => {
      this.CONSUME(Mark.OpenParen);
      this.MANY_SEP({ SEP: Mark.Comma, DEF: () => this.SUBRULE(this.annotationArgument) });
      this.CONSUME(Mark.CloseParen);
    });
    return { name: name.image, start: at.startOffset, end: endOf(name) };
  });

  private readonly annotationArgument = this.RULE('annotationArgument', (): void => {
    this.OPTION(() => {
      this.SUBRULE(this.anyWord);
      this.MANY(() => {
        this.CONSUME(Mark.Dot);
        this.SUBRULE2(this.anyWord);
      });
      this.CONSUME(Mark.Assign);
    });
    this.CONSUME(t.Text);
  });

  private readonly anyWord = this.RULE('anyWord', (): IToken =>
    this.OR([{ ALT: () => this.CONSUME(t.Name) }, { ALT: () => this.CONSUME(t.Reserved) }]),
  );

  private readonly definition = this.RULE('definition', (): DefinitionNode => {
    const start = this.CONSUME(t.Define);
    this.CONSUME(t.Stream);
    const name = this.SUBRULE(this.name);
    const attributes: { name: NameNode; type: NameNode }[] = [];
    this.CONSUME(Mark.OpenParen);
    this.AT_LEAST_ONE_SEP({
      SEP: Mark.Comma,
      DEF: () => {
        const attribute = this.SUBRULE2(this.name);
        const type = this.SUBRULE3(this.name);
        attributes.push({ name: attribute, type });
      },
    });
    const close = this.CONSUME(Mark.CloseParen);
    return { kind: 'definition', name, attributes, start: start.startOffset, end: endOf(close) };
  });

  private readonly query = this.RULE('query', (): QueryNode => {
    const start = this.CONSUME(t.From);
    const source = this.SUBRULE(this.name);
    const handlers: HandlerNode[] = [];
    this.MANY(() => handlers.push(this.SUBRULE(this.handler)));
    let items: SelectItemNode[] | null = null;
    const groupBy: ReferenceNode[] = [];
    let having: ExpressionNode | null = null;
    let select: IToken | null = null;
    this.OPTION(() => {
      select = this.CONSUME(t.Select);
      items = this.SUBRULE(this.selectList);
      this.OPTION2(() => {
        this.CONSUME(t.Group);
        this.CONSUME(t.By);
        this.AT_LEAST_ONE_SEP({ SEP: Mark.Comma, DEF: () => groupBy.push(this.SUBRULE(this.reference)) });
      });
      this.OPTION3(() => {
        this.CONSUME(t.Having);
        having = this.SUBRULE(this.expression);
      });
    });
    const insert = this.CONSUME(t.Insert);
    const emits = this.SUBRULE(this.eventKinds);
    this.CONSUME(t.Into);
    const target = this.SUBRULE2(this.name);
    const selectSpan = spanOf(select ?? insert);
    const rest = { kind: 'query' as const, source, handlers, selectSpan, items, groupBy, having, emits, target };
    return { ...rest, start: start.startOffset, end: target.end };
  });

  private readonly eventKinds = this.RULE('eventKinds', (): EventKinds => {
    let kinds: EventKinds = 'current';
    this.OPTION(() => {
      this.OPTION2(() => {
        kinds = this.OR([
          { ALT: () => (this.CONSUME(t.Current), 'current' as const) },
          { ALT: () => (this.CONSUME(t.Expired), 'expired' as const) },
          { ALT: () => (this.CONSUME(t.All), 'all' as const) },
        ]);
      });
      this.CONSUME(t.Events);
    });
    return kinds;
  });

  private readonly selectList = this.RULE('selectList', (): SelectItemNode[] | null =>
    this.OR([
      { ALT: () => (this.CONSUME(Mark.Times), null) },
      {
        ALT: () => {
          const items: SelectItemNode[] = [];
          this.AT_LEAST_ONE_SEP({ SEP: Mark.Comma, DEF: () => items.push(this.SUBRULE(this.selectItem)) });
          return items;
        },
      },
    ]),
  );

  private readonly selectItem = this.RULE('selectItem', (): SelectItemNode => {
    const expression = this.SUBRULE(this.expression);
    let alias: NameNode | null = null;
    this.OPTION(() => {
      this.CONSUME(t.As);
      alias = this.SUBRULE(this.name);
    });
    return { expression, alias, start: expression.start, end: expression.end };
  });

  private readonly handler = this.RULE('handler', (): HandlerNode =>
    this.OR([
      { ALT: () => this.SUBRULE(this.filter) },
      {
        ALT: () => {
          const hash = this.CONSUME(Mark.Hash);
          const node: HandlerNode = this.OR2([
            { ALT: () => this.SUBRULE2(this.filter) },
            {
              ALT: () => {
                this.CONSUME(t.Window);
                this.CONSUME(Mark.Dot);
                return { ...this.SUBRULE(this.call), kind: 'window' as const };
              },
            },
            { ALT: () => ({ ...this.SUBRULE2(this.call), kind: 'processor' as const }) },
          ]);
          return { ...node, start: hash.startOffset };
        },
      },
    ]),
  );

  private readonly filter = this.RULE('filter', (): HandlerNode => {
    const open = this.CONSUME(Mark.OpenBracket);
    const condition = this.SUBRULE(this.expression);
    const close = this.CONSUME(Mark.CloseBracket);
    return { kind: 'filter', condition, start: open.startOffset, end: endOf(close) };
  });

  private readonly expression = this.RULE('expression', (): ExpressionNode => this.SUBRULE(this.disjunction));
  private readonly disjunction = this.level(
    'disjunction',
    [t.Or],
    () => this.SUBRULE1(this.conjunction),
    () => this.SUBRULE2(this.conjunction),
  );
  private readonly conjunction = this.level(
    'conjunction',
    [t.And],
    () => this.SUBRULE1(this.equality),
    () => this.SUBRULE2(this.equality),
  );
  private readonly equality = this.level(
    'equality',
    [Mark.Equal, Mark.Unequal],
    () => this.SUBRULE1(this.order),
    () => this.SUBRULE2(this.order),
  );
  private readonly order = this.level(
    'order',
    [Mark.Less, Mark.AtMost, Mark.More, Mark.AtLeast],
    () => this.SUBRULE1(this.sum),
    () => this.SUBRULE2(this.sum),
  );
  private readonly sum = this.level(
    'sum',
    [Mark.Plus, Mark.Minus],
    () => this.SUBRULE1(this.product),
    () => this.SUBRULE2(this.product),
  );
  private readonly product = this.level(
    'product',
    [Mark.Times, Mark.Divide, Mark.Modulo],
    () => this.SUBRULE1(this.negation),
    () => this.SUBRULE2(this.negation),
  );

  /** `not` binds tighter than everything but `is null`. */
  private readonly negation = this.RULE('negation', (): ExpressionNode => {
    const nots: IToken[] = [];
    this.MANY(() => nots.push(this.CONSUME(t.Not)));
    const operand = this.SUBRULE(this.primary);
    return nots.reduceRight<ExpressionNode>(
      (inner, { startOffset }) => ({ kind: 'not', operand: inner, start: startOffset, end: operand.end }),
      operand,
    );
  });

  private readonly primary = this.RULE('primary', (): ExpressionNode =>
    this.OR([
      {
        ALT: () => {
          const open = this.CONSUME(Mark.OpenParen);
          const inner = this.SUBRULE(this.expression);
          const close = this.CONSUME(Mark.CloseParen);
          return { ...inner, start: open.startOffset, end: endOf(close) };
        },
      },
      { ALT: () => this.SUBRULE(this.named) },
      { ALT: () => this.SUBRULE(this.constant) },
    ]),
  );

  /** A call or an attribute, with `is null` behind it or not. */
  private readonly named = this.RULE('named', (): ExpressionNode => {
    const operand = this.OR([{ ALT: () => this.SUBRULE(this.call) }, { ALT: () => this.SUBRULE(this.reference) }]);
    let end: IToken | null = null;
    this.OPTION(() => {
      this.CONSUME(t.Is);
      end = this.CONSUME(t.Null);
    });
    return end === null ? operand : { kind: 'isNull', operand, start: operand.start, end: endOf(end) };
  });

  private readonly call = this.RULE('call', (): CallNode => {
    const first = this.SUBRULE(this.name);
    let second: NameNode | null = null;
    this.OPTION(() => {
      this.CONSUME(Mark.Colon);
      second = this.SUBRULE2(this.name);
    });
    const args: ExpressionNode[] = [];
    this.CONSUME(Mark.OpenParen);
    this.OR([
      { ALT: () => void this.CONSUME(Mark.Times) },
      {
        ALT: () => this.MANY_SEP({ SEP: Mark.Comma, DEF: () => args.push(this.SUBRULE(this.expression)) }),
      },
    ]);
    const close = this.CONSUME(Mark.CloseParen);
    const called = (second ?? first) as NameNode;
    const namespace = second === null ? null : first.text;
    const span = { start: first.start, end: endOf(close) };
    return { kind: 'call', namespace, name: called.text, args, close: spanOf(close), ...span };
  });

  private readonly reference = this.RULE('reference', (): ReferenceNode => {
    const first = this.SUBRULE(this.name);
    let second: NameNode | null = null;
    this.OPTION(() => {
      this.CONSUME(Mark.Dot);
      second = this.SUBRULE2(this.name);
    });
    const name = (second ?? first) as NameNode;
    return { kind: 'reference', stream: second === null ? null : first, name, start: first.start, end: name.end };
  });

  private readonly constant = this.RULE('constant', (): ExpressionNode =>
    this.OR([
      {
        ALT: () => {
          const token = this.CONSUME(t.Text);
          return this.ACTION(() => textConstant(token));
        },
      },
      {
        ALT: () => {
          const token = this.CONSUME(t.Bool);
          const value = token.image.toLowerCase() === 'true';
          return { kind: 'constant' as const, type: 'bool' as const, value, ...spanOf(token) };
        },
      },
      { ALT: () => this.SUBRULE(this.number) },
    ]),
  );

  private readonly number = this.RULE('number', (): ExpressionNode => {
    let sign: IToken | null = null;
    this.OPTION(() => {
      sign = this.OR([{ ALT: () => this.CONSUME(Mark.Plus) }, { ALT: () => this.CONSUME(Mark.Minus) }]);
    });
    const parts: { number: IToken; unit: NameNode }[] = [];
    const token = this.OR2([
      { ALT: () => this.CONSUME(t.DoubleNumber) },
      { ALT: () => this.CONSUME(t.FloatNumber) },
      { ALT: () => this.CONSUME(t.LongNumber) },
      {
        ALT: () => {
          const first = this.CONSUME(t.IntNumber);
          this.OPTION2(() => {
            parts.push({ number: first, unit: this.SUBRULE(this.name) });
            this.MANY(() => {
              const next = this.CONSUME2(t.IntNumber);
              parts.push({ number: next, unit: this.SUBRULE2(this.name) });
            });
          });
          return first;
        },
      },
    ]);
    return this.ACTION(() =>
      parts.length > 0 ? timeConstant(parts, sign, this.report) : numberConstant(token, sign, this.report),
    );
  });

  private readonly name = this.RULE('name', (): NameNode => {
    const token = this.CONSUME(t.Name);
    const text = token.image.startsWith('`') ? token.image.slice(1, -1) : token.image;
    return { text, ...spanOf(token) };
  });

  /** One level of left-associative operators. */
  private level(name: string, operators: TokenType[], first: () => ExpressionNode, next: () => ExpressionNode) {
    return this.RULE(name, (): ExpressionNode => {
      let left = first();
      this.MANY(() => {
        const token = this.OR(operators.map((operator, i) => ({ ALT: () => this.consume(i, operator) })));
        const right = next();
        this.ACTION(() => {
          const operator = token.image.toLowerCase() as BinaryOperator;
          const operatorSpan = spanOf(token);
          left = { kind: 'binary', operator, operatorSpan, left, right, start: left.start, end: right.end };
        });
      });
      return left;
    });
  }
}

export function spanOf(token: IToken): Span {
  return { start: token.startOffset, end: endOf(token) };
}

function endOf(token: IToken): number {
  return (token.endOffset ?? token.startOffset) + 1;
}
