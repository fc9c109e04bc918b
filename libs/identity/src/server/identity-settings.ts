/** What this domain reads from the configuration. */
export interface IdentitySettings {
  readonly super_admin: {
    readonly username: string;
    /** Absent: one is made at first start. Present: it is set at each start. */
    readonly password?: string | undefined;
  };
  readonly tollgate: {
    readonly identity: {
      readonly password: { readonly min_length: number };
      readonly second_factor: { readonly required_for_roles: readonly string[] };
    };
  };
}

/** What the first start made and the app shows once. */
export class FirstStart {
  /** Set when this start made the password of the super admin. */
  adminPassword?: string;
}
