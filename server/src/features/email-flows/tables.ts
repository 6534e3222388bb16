export interface PendingSignUpsTables {
  pending_sign_ups: { token_id: number; username: string; password_hash: string; locale: string | null };
}
