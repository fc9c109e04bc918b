import { BusinessObject, NameColumn } from '@tollgate/database';
import { Column, Entity, Unique } from 'typeorm';

/** How many stars a user gives an API. */
@Entity('api_rating')
@Unique('uq_api_rating', ['apiId', 'userName'])
export class ApiRating extends BusinessObject {
  @Column({ type: 'int' })
  apiId!: number;

  /** Unqualified. */
  @NameColumn()
  userName!: string;

  /** 1 to 5. */
  @Column({ type: 'int' })
  stars!: number;
}
