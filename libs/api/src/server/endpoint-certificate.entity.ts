import { BigIntColumn, BusinessObject, LongTextColumn, NameColumn } from '@tollgate/database';
import { Entity, Unique } from 'typeorm';

/** A certificate that gateways trust at one back end of an organization. */
@Entity('endpoint_certificate')
@Unique('uq_endpoint_certificate_alias', ['organization', 'alias'])
export class EndpointCertificate extends BusinessObject {
  @NameColumn({ length: 30 })
  alias!: string;

  /** As it was given. */
  @LongTextColumn()
  endpoint!: string;

  /** `host`, or `host:port` where that is not 443. */
  @NameColumn({ length: 300 })
  host!: string;

  @LongTextColumn()
  pem!: string;

  @NameColumn({ length: 64 })
  thumbprint!: string;

  @LongTextColumn()
  subject!: string;

  @BigIntColumn()
  validFromMs!: number;

  @BigIntColumn()
  validToMs!: number;
}
