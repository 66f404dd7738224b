import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const folder = import.meta.dirname;
const repository = join(folder, "..", "..");

interface Template {
  readonly Parameters: Readonly<Record<string, { readonly Default?: unknown; readonly AllowedValues?: readonly unknown[] }>>;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Condition?: string; readonly Properties: unknown }>
  >;
  readonly Outputs: Readonly<Record<string, unknown>>;
}

const template = JSON.parse(await readFile(join(folder, "earmark-speech.template.json"), "utf8")) as Template;

/** Every name that something in the template refers to, and every condition it depends on. */
function references(value: unknown, found = { names: new Set<string>(), conditions: new Set<string>() }) {
  if (Array.isArray(value)) for (const item of value) references(item, found);
  else if (typeof value === "object" && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      if (name === "Ref") found.names.add(String(inner));
      else if (name === "Fn::GetAtt" && Array.isArray(inner)) found.names.add(String(inner[0]));
      else if (name === "Fn::Sub") {
        for (const [, told = ""] of String(inner).matchAll(/\$\{([^}]+)\}/gu)) {
          found.names.add(told.startsWith("AWS::") ? told : (told.split(".")[0] ?? ""));
        }
      } else if (name === "Condition" && typeof inner === "string") found.conditions.add(inner);
      else if (name === "Fn::If" && Array.isArray(inner)) {
        found.conditions.add(String(inner[0]));
        references(inner.slice(1), found);
      } else references(inner, found);
    }
  }
  return found;
}

describe("the CloudFormation template", () => {
  it("refers to nothing that is not there, and has no parameter or condition without use", () => {
    const { names, conditions } = references([template.Conditions, template.Resources, template.Outputs]);
    const known = new Set([...Object.keys(template.Parameters), ...Object.keys(template.Resources)]);
    expect([...names].filter((name) => !name.startsWith("AWS::") && !known.has(name))).toEqual([]);
    expect(Object.keys(template.Parameters).filter((name) => !names.has(name))).toEqual([]);
    expect([...conditions].filter((name) => !(name in template.Conditions))).toEqual([]);
    expect(Object.keys(template.Conditions).filter((name) => !conditions.has(name))).toEqual([]);
  });

  it("uses a resource of one mode only from that mode", () => {
    for (const { Condition, Properties } of Object.values(template.Resources)) {
      for (const name of references(Properties).names) {
        const needed = template.Resources[name]?.Condition;
        if (needed !== undefined) expect(Condition).toBe(needed);
      }
    }
  });

  it("lets nobody in who need not be: no action on everything but what knows no resource", () => {
    const open: string[] = [];
    const visit = (value: unknown): void => {
      if (Array.isArray(value)) for (const item of value) visit(item);
      else if (typeof value === "object" && value !== null) {
        const entry = value as { Effect?: string; Action?: string[]; Resource?: unknown };
        if (entry.Effect === "Allow" && entry.Resource === "*") open.push(...(entry.Action ?? []));
        for (const inner of Object.values(value)) visit(inner);
      }
    };
    visit(template.Resources);
    expect(open).toEqual(["ecr:GetAuthorizationToken", "cloudwatch:PutMetricData"]);
    expect(JSON.stringify(template)).not.toMatch(/"s3:\*"[^}]*"Effect":"Allow"|AKIA/u);
  });
});

/** What a resource is told, with conditions taken as they are for one mode. */
function propertiesOf(name: string): Record<string, unknown> {
  const resource = template.Resources[name];
  if (resource === undefined) throw new Error(`There is no ${name}.`);
  return resource.Properties as Record<string, unknown>;
}

describe("the auto-scaling", () => {
  it("gives every attribute that is read of a resource of ours by a name that CloudFormation knows", () => {
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/: return values of each type.
    const attributes: Readonly<Record<string, readonly string[]>> = {
      "AWS::S3::Bucket": ["Arn", "DomainName"],
      "AWS::IAM::Role": ["Arn", "RoleId"],
      "AWS::SageMaker::Model": ["ModelName"],
      "AWS::SageMaker::EndpointConfig": ["EndpointConfigName"],
      "AWS::SageMaker::Endpoint": ["EndpointName"],
    };
    const read: string[] = [];
    const visit = (value: unknown): void => {
      if (Array.isArray(value)) for (const item of value) visit(item);
      else if (typeof value === "object" && value !== null) {
        for (const [name, inner] of Object.entries(value)) {
          if (name === "Fn::GetAtt" && Array.isArray(inner)) read.push(inner.join("."));
          else if (name === "Fn::Sub")
            for (const [, told = ""] of String(inner).matchAll(/\$\{([^}]+)\}/gu)) {
              if (told.includes(".") && !told.startsWith("AWS::")) read.push(told);
            }
          visit(inner);
        }
      }
    };
    visit([template.Resources, template.Outputs]);
    expect(read.length).toBeGreaterThan(3);
    for (const one of read) {
      const [resource = "", attribute = ""] = one.split(".");
      expect(attributes[template.Resources[resource]?.Type ?? ""], one).toContain(attribute);
    }
  });

  it("scales the endpoint's one variant, to nothing where recordings wait in a bucket", () => {
    const target = propertiesOf("Instances");
    expect(target["ScalableDimension"]).toBe("sagemaker:variant:DesiredInstanceCount");
    const variant = JSON.stringify(propertiesOf("EndpointConfiguration")["ProductionVariants"]).match(
      /"VariantName":"(\w+)"/u,
    )?.[1];
    expect(target["ResourceId"]).toEqual({ "Fn::Sub": `endpoint/\${Endpoint.EndpointName}/variant/${variant}` });
    // A real-time endpoint cannot stand at nothing: its first caller would be refused.
    expect(target["MinCapacity"]).toEqual({ "Fn::If": ["Asynchronous", { Ref: "MinimumInstances" }, 1] });
    expect(template.Parameters["MinimumInstances"]?.Default).toBe(0);
  });

  it("follows the backlog of an instance, starts the first one when something waits, and follows calls in real time", () => {
    const endpoint = [{ Name: "EndpointName", Value: { "Fn::GetAtt": ["Endpoint", "EndpointName"] } }];
    expect(propertiesOf("FollowBacklog")).toMatchObject({
      PolicyType: "TargetTrackingScaling",
      ScalingTargetId: { Ref: "Instances" },
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: { Ref: "RecordingsWaiting" },
        CustomizedMetricSpecification: {
          Namespace: "AWS/SageMaker",
          MetricName: "ApproximateBacklogSizePerInstance",
          Dimensions: endpoint,
        },
      },
    });
    // At nothing there is no backlog for each instance: another metric wakes it.
    expect(propertiesOf("SomethingWaits")).toMatchObject({
      MetricName: "HasBacklogWithoutCapacity",
      Dimensions: endpoint,
      AlarmActions: [{ Ref: "StartFirst" }],
    });
    expect(propertiesOf("StartFirst")).toMatchObject({ PolicyType: "StepScaling", ScalingTargetId: { Ref: "Instances" } });
    expect(propertiesOf("FollowInvocations")).toMatchObject({
      TargetTrackingScalingPolicyConfiguration: {
        PredefinedMetricSpecification: { PredefinedMetricType: "SageMakerVariantInvocationsPerInstance" },
      },
    });
    expect(template.Resources["FollowInvocations"]?.Condition).toBe("RealTime");
  });

  it("removes parts of uploads that were never finished, and grants what Earmark needs for sending in parts", () => {
    expect(JSON.stringify(propertiesOf("Recordings"))).toContain("AbortIncompleteMultipartUpload");
    const granted = JSON.stringify(propertiesOf("UseEarmarkSpeech"));
    for (const action of ["s3:PutObject", "s3:AbortMultipartUpload", "s3:DeleteObject", "sagemaker:InvokeEndpoint"]) {
      expect(granted).toContain(action);
    }
  });
});

describe("the image", () => {
  it("brings every folder that its program imports, and speaks of variables that the program reads", async () => {
    const dockerfile = await readFile(join(folder, "Dockerfile"), "utf8");
    const program = await readFile(join(repository, "main/inference-server/start.ts"), "utf8");
    for (const path of ["app", "native-models", "main/backend", "main/inference-server", "package.json"]) {
      expect(dockerfile).toMatch(new RegExp(`^COPY .*\\b${path.replace(".", "\\.")}\\b`, "mu"));
    }
    for (const name of ["SM_MODEL_DIR", "EARMARK_PROVIDERS"]) {
      expect(dockerfile).toContain(name);
      expect(program).toContain(`process.env["${name}"]`);
    }
    expect(dockerfile).toContain("main/inference-server/start.ts");
  });
});
