import { BigIntColumn, JsonColumn, LongTextColumn, NameColumn } from '@tollgate/database';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A gateway that registered and beats. */
@Entity('gateway_instance')
export class GatewayInstance {
  @PrimaryColumn({ type: 'varchar', length: 128 })
  gatewayId!: string;

  @JsonColumn()
  environmentLabels!: string[];

  @BigIntColumn()
  registeredAt!: number;

  @Index('ix_gateway_instance_last_seen')
  @BigIntColumn()
  lastSeenAt!: number;

  /** Sequence number and digest it serves. */
  @BigIntColumn()
  seq!: number;

  @NameColumn({ length: 64 })
  digest!: string;

  /** It serves without having heard from the control plane lately. */
  @Column({ type: 'boolean' })
  stale!: boolean;
}

/** What a gateway last said about one API. */
@Entity('deployment_acknowledgement')
export class DeploymentAcknowledgementRow {
  @PrimaryColumn({ type: 'varchar', length: 128 })
  gatewayId!: string;

  @Index('ix_deployment_acknowledgement_api')
  @PrimaryColumn({ type: 'varchar', length: 64 })
  apiId!: string;

  @NameColumn({ length: 64 })
  revisionId!: string;

  @NameColumn({ length: 20 })
  action!: 'DEPLOY' | 'UNDEPLOY';

  @NameColumn({ length: 20 })
  status!: 'SUCCESS' | 'FAILURE';

  @Column({ type: 'int', nullable: true })
  errorCode!: number | null;

  @LongTextColumn({ nullable: true })
  errorMessage!: string | null;

  @BigIntColumn()
  at!: number;
}
