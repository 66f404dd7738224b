import { z } from "zod";

/*
 * The shapes of Amazon Connect that a checklist is exchanged with: an evaluation form as `CreateEvaluationForm` takes it and
 * `DescribeEvaluationForm` answers it, and an evaluation as Connect exports it (schema 3.5). Read leniently, since both grow; what
 * is not known here is reported by whoever reads, not refused.
 */

const refIdSchema = z.string().min(1).max(40);
const failConfigurationSchema = z.object({ TargetSection: refIdSchema.optional() });
const optionPointsSchema = z.object({ PointValue: z.number(), IsBonus: z.boolean().optional() });
const answerSourceSchema = z.object({ SourceType: z.string() });

/** An option of a choice. */
export const connectOptionSchema = z.object({
  RefId: refIdSchema,
  Text: z.string(),
  Score: z.number().optional(),
  AutomaticFail: z.boolean().optional(),
  AutomaticFailConfiguration: failConfigurationSchema.optional(),
  PointsConfiguration: optionPointsSchema.optional(),
});
/** An option of a choice. */
export type ConnectOption = z.infer<typeof connectOptionSchema>;

/** A range of numbers. */
export const connectRangeSchema = z.object({
  MinValue: z.number(),
  MaxValue: z.number(),
  Score: z.number().optional(),
  AutomaticFail: z.boolean().optional(),
  AutomaticFailConfiguration: failConfigurationSchema.optional(),
  PointsConfiguration: optionPointsSchema.optional(),
});
/** A range of numbers. */
export type ConnectRange = z.infer<typeof connectRangeSchema>;

/** What answers a choice by itself. */
export const connectChoiceAutomationSchema = z.object({
  Options: z
    .array(
      z.object({
        RuleCategory: z.object({
          Category: z.string(),
          Condition: z.string(),
          OptionRefId: z.string().optional(),
          OptionRefIds: z.array(z.string()).optional(),
        }),
      }),
    )
    .optional(),
  DefaultOptionRefId: z.string().optional(),
  DefaultOptionRefIds: z.array(z.string()).optional(),
  AnswerSource: answerSourceSchema.optional(),
});
/** What answers a choice by itself. */
export type ConnectChoiceAutomation = z.infer<typeof connectChoiceAutomationSchema>;

const choiceSchema = z.object({
  Options: z.array(connectOptionSchema),
  DisplayAs: z.string().optional(),
  Automation: connectChoiceAutomationSchema.optional(),
});

/** A condition over other questions. */
export interface ConnectCondition {
  Operands: readonly ConnectOperand[];
  Operator?: "AND" | "OR" | undefined;
}
/** A part of a condition. */
export interface ConnectOperand {
  Expression?: ConnectExpression | undefined;
  Condition?: ConnectCondition | undefined;
}
const expressionSchema = z.object({
  Source: z.object({ Type: z.string(), RefId: z.string().optional() }),
  Values: z.array(z.object({ Type: z.string(), RefId: z.string().optional() })),
  Comparator: z.string(),
});
/** What is said of one other question. */
export type ConnectExpression = z.infer<typeof expressionSchema>;
const conditionSchema: z.ZodType<ConnectCondition> = z.object({
  Operands: z.array(z.object({ Expression: expressionSchema.optional(), Condition: z.lazy(() => conditionSchema).optional() })),
  Operator: z.enum(["AND", "OR"]).optional(),
});

const thresholdsSchema = z.array(
  z.object({
    PerformanceCategory: z.string(),
    MinScorePercentage: z.number().optional(),
    MaxScorePercentage: z.number().optional(),
  }),
);
/** Bands of a score. */
export type ConnectThresholds = z.infer<typeof thresholdsSchema>;

/** A question. */
export const connectQuestionSchema = z.object({
  Title: z.string(),
  Instructions: z.string().optional(),
  RefId: refIdSchema,
  NotApplicableEnabled: z.boolean().optional(),
  QuestionType: z.string(),
  QuestionTypeProperties: z
    .object({
      Numeric: z
        .object({
          MinValue: z.number(),
          MaxValue: z.number(),
          Options: z.array(connectRangeSchema).optional(),
          Automation: z
            .object({ PropertyValue: z.object({ Label: z.string() }).optional(), AnswerSource: answerSourceSchema.optional() })
            .optional(),
        })
        .optional(),
      SingleSelect: choiceSchema.optional(),
      MultiSelect: choiceSchema.optional(),
      Text: z.object({ Automation: z.object({ AnswerSource: answerSourceSchema.optional() }).optional() }).optional(),
    })
    .optional(),
  Enablement: z
    .object({ Condition: conditionSchema, Action: z.enum(["ENABLE", "DISABLE"]), DefaultAction: z.string().optional() })
    .optional(),
  Weight: z.number().optional(),
  ScoringConfiguration: z
    .object({
      PointsConfiguration: z
        .object({ MaxPointValue: z.number().optional(), MinPointValue: z.number().optional(), IsBonus: z.boolean().optional() })
        .optional(),
      IsExcludedFromScoring: z.boolean().optional(),
      ScoreThresholds: thresholdsSchema.optional(),
    })
    .optional(),
});
/** A question. */
export type ConnectQuestion = z.infer<typeof connectQuestionSchema>;

/** A section, whose items are sections and questions in order. */
export interface ConnectSection {
  Title: string;
  RefId: string;
  Instructions?: string | undefined;
  Items: readonly ConnectItem[];
  Weight?: number | undefined;
  IsExcludedFromScoring?: boolean | undefined;
  ScoreThresholds?: ConnectThresholds | undefined;
}
/** A section or a question. */
export interface ConnectItem {
  Section?: ConnectSection | undefined;
  Question?: ConnectQuestion | undefined;
}
const itemSchema: z.ZodType<ConnectItem> = z.object({
  Section: z.lazy(() => sectionSchema).optional(),
  Question: connectQuestionSchema.optional(),
});
const sectionSchema: z.ZodType<ConnectSection> = z.object({
  Title: z.string(),
  RefId: refIdSchema,
  Instructions: z.string().optional(),
  Items: z.array(itemSchema),
  Weight: z.number().optional(),
  IsExcludedFromScoring: z.boolean().optional(),
  ScoreThresholds: thresholdsSchema.optional(),
});

/** An evaluation form. */
export const connectFormSchema = z.object({
  EvaluationFormId: z.string().optional(),
  EvaluationFormVersion: z.int().min(1).optional(),
  Title: z.string().min(1),
  Description: z.string().optional(),
  Items: z.array(itemSchema),
  ScoringStrategy: z.object({ Mode: z.string(), Status: z.string(), ScoreThresholds: thresholdsSchema.optional() }).optional(),
  AutoEvaluationConfiguration: z.object({ Enabled: z.boolean() }).optional(),
  LanguageConfiguration: z.object({ FormLanguage: z.string().optional() }).optional(),
});
/** An evaluation form. */
export type ConnectForm = z.infer<typeof connectFormSchema>;

const valueSchema = z.union([z.string(), z.number()]);
const automationSchema = z.object({ status: z.string(), systemSuggestedValue: valueSchema.nullable().optional() });
const assistedSchema = z.object({ value: z.string() });
/** A score of an evaluation, a section or a question. */
export const connectScoreSchema = z.object({
  percentage: z.number().optional(),
  automaticFail: z.boolean().optional(),
  notApplicable: z.boolean().optional(),
});

/** An evaluation as Connect exports it. */
export const connectEvaluationSchema = z.object({
  schemaVersion: z.string(),
  evaluationId: z.string(),
  metadata: z.object({
    contactId: z.string(),
    accountId: z.string().optional(),
    instanceId: z.string().optional(),
    agentId: z.string().optional(),
    evaluationDefinitionTitle: z.string(),
    evaluationDefinitionId: z.string(),
    evaluationDefinitionVersion: z.number(),
    evaluator: z.string().optional(),
    creator: z.string().optional(),
    evaluationStartTimestamp: z.string(),
    evaluationSubmitTimestamp: z.string().optional(),
    score: connectScoreSchema.optional(),
    autoEvaluated: z.boolean().optional(),
    resubmitted: z.boolean().optional(),
    evaluationSource: z.string().optional(),
    evaluationType: z.string().optional(),
    calibrationSessionId: z.string().optional(),
    evaluationAcknowledgedByUserId: z.string().optional(),
    evaluationAcknowledgedByUserName: z.string().optional(),
    evaluationAcknowledgedTimestamp: z.string().optional(),
    evaluationAcknowledgerComment: z.string().optional(),
  }),
  sections: z.array(
    z.object({
      sectionRefId: z.string(),
      sectionTitle: z.string(),
      parentSectionRefId: z.string().optional(),
      notes: z.string().optional(),
      score: connectScoreSchema.optional(),
    }),
  ),
  questions: z.array(
    z.object({
      questionRefId: z.string(),
      sectionRefId: z.string(),
      questionType: z.string(),
      questionText: z.string(),
      answer: z.object({
        value: valueSchema.optional(),
        values: z.array(z.object({ valueText: z.string(), valueRefId: z.string(), selected: z.boolean() })).optional(),
        notes: z.string().optional(),
        /** Older files have these two here, newer ones within `metadata`. */
        automation: automationSchema.optional(),
        assistedSuggestion: assistedSchema.optional(),
        metadata: z
          .object({
            notApplicable: z.boolean().optional(),
            automation: automationSchema.optional(),
            assistedSuggestion: assistedSchema.optional(),
          })
          .optional(),
      }),
      score: connectScoreSchema.optional(),
    }),
  ),
});
/** An evaluation as Connect exports it. */
export type ConnectEvaluation = z.infer<typeof connectEvaluationSchema>;

/** What could not be carried from one shape to the other, where, and what became of it. */
export interface CarriedNote {
  /** Id of the question or section; null for the form as a whole. */
  readonly about: string | null;
  readonly text: string;
}
