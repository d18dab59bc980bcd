//! The contract of `identity::ports::Store`: written once, held by every engine.
//!
//! [`on`] is the table of the cases with the parts of the port each of them holds: a method, a change that is
//! applied, or a change and the conflict it misses with. A case that does not use what it declares fails, and so
//! does the port when one of its parts is declared by no case ([`ratchet`]).

mod address_changes;
mod addresses;
mod api_keys;
mod audit;
mod commits;
mod condition;
mod directory;
mod external_identities;
mod federation_races;
mod first_user;
mod flows;
mod invitations;
mod mail;
mod master_key;
mod organization_keys;
mod organization_races;
mod organizations;
mod races;
mod ratchet;
mod refusals;
mod sessions;
mod signing_keys;
mod throttles;
mod tickets;
mod token_races;
mod users;

/// One test a case, each in a fresh database.
macro_rules! contract {
    ($engine:ident $($file:ident::$case:ident [$($part:literal)*])*) => {
        mod $engine {
            #[test]
            fn every_part_of_the_port_has_a_case() {
                super::ratchet::compare_with_the_port(&[$($($part),*),*]);
            }
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $case() {
                    let world = crate::world::$engine().await;
                    super::$file::$case(&world).await;
                    let used = world.parts();
                    let declared: &[&str] = &[$($part),*];
                    for part in declared {
                        assert!(used.contains(*part), "this case declares to hold {part} and never does it");
                    }
                }
            )*
        }
    };
}

macro_rules! on {
    ($engine:ident) => {
        contract! { $engine
            condition::a_database_that_is_in_use_is_current_and_durable ["CreateUser"]
            condition::the_check_value_is_found_as_recorded ["RecordMasterKey"]

            users::a_new_user_reads_back_as_given
                ["CreateUser" "user" "user_by_id" "user_by_name" "users" "credentials"]
            users::a_user_belongs_to_somebody_who_is_there ["CreateUser" "user"]
            users::every_role_and_status_reads_back ["CreateUser" "user"]
            users::nobody_is_found_by_what_nobody_has
                ["user" "user_by_id" "user_by_name" "users" "credentials"]
            users::a_name_finds_its_user_in_any_spelling ["user_by_name" "credentials"]
            users::a_username_that_is_the_address_is_claimed_once ["CreateUser" "user_by_name"]
            users::a_claimed_name_is_refused ["CreateUser/LoginNameTaken"]
            users::a_retired_name_is_refused ["CreateUser/LoginNameRetired" "DeleteUser"]
            users::an_id_is_given_out_once ["CreateUser"]
            users::numbers_are_never_reused ["CreateUser" "DeleteUser" "users"]
            users::users_are_paged_in_order_of_number ["users"]
            users::a_password_is_set_and_raises_the_version ["SetPassword" "credentials"]
            users::a_password_is_set_on_the_version_that_was_read ["SetPassword/UserChanged"]
            users::a_hash_is_renewed_where_it_is_still_the_one_that_was_read ["RenewHash" "credentials"]
            users::a_status_is_set_and_only_activation_keeps_the_version ["SetStatus" "user"]
            users::a_status_is_set_for_somebody ["SetStatus/UserChanged"]
            users::a_user_is_held_while_active_and_unchanged ["HoldUser" "HoldUser/UserChanged" "CreateUser"]
            users::a_deleted_user_is_wiped ["DeleteUser" "user" "user_by_id" "user_by_name" "users" "credentials"]
            users::a_user_is_deleted_once ["DeleteUser/UserChanged"]
            users::a_name_that_was_not_retired_is_free_again ["DeleteUser" "CreateUser"]

            first_user::the_first_user_is_claimed_while_there_was_none
                ["ClaimFirstUser" "ClaimFirstUser/UserExists" "has_had_users"]
            first_user::a_deleted_user_was_the_first ["ClaimFirstUser/UserExists" "DeleteUser" "has_had_users"]
            first_user::the_first_user_is_claimed_by_one
                ["ClaimFirstUser" "ClaimFirstUser/UserExists" "CreateUser"]
            first_user::nobody_claims_the_first_user_after_another_was_made
                ["ClaimFirstUser/UserExists" "CreateUser"]

            addresses::a_name_is_kept_as_it_was_told ["SetName"]
            addresses::a_name_is_set_for_somebody ["SetName/UserChanged"]
            addresses::an_address_takes_the_place_of_the_old_one ["SetEmail" "user_by_name"]
            addresses::a_first_address_is_claimed_and_may_be_verified ["SetEmail" "user_by_name"]
            addresses::an_address_that_is_the_username_is_neither_claimed_nor_released ["SetEmail" "user_by_name"]
            addresses::nobody_elses_name_is_released ["SetEmail" "user_by_name"]
            addresses::a_claimed_or_retired_address_is_refused
                ["SetEmail/LoginNameTaken" "SetEmail/LoginNameRetired"]
            addresses::an_address_is_set_on_the_version_that_was_read ["SetEmail/UserChanged"]
            addresses::a_verified_address_activates_who_was_pending ["VerifyEmail"]
            addresses::who_is_active_stays_so_and_keeps_the_password ["VerifyEmail"]
            addresses::an_address_is_verified_for_who_was_read_and_not_suspended ["VerifyEmail/UserChanged"]
            addresses::a_change_of_a_user_is_dated ["SetPassword" "SetStatus"]

            address_changes::a_change_reads_back_as_begun ["OpenAddressChange" "address_change"]
            address_changes::a_change_takes_the_place_of_the_one_before
                ["OpenAddressChange" "RedeemTicket/TicketGone"]
            address_changes::an_active_user_with_the_version_read_begins_one ["OpenAddressChange/UserChanged"]
            address_changes::both_sides_agree_once_and_in_time
                ["AgreeToAddress" "AgreeToAddress/TicketGone" "CloseAddressChange" "CloseAddressChange/TicketGone"]
            address_changes::one_side_is_enough_where_the_other_is_not_waited_for
                ["CloseAddressChange" "AgreeToAddress/TicketGone"]
            address_changes::what_is_over_or_a_deleted_users_is_forgotten ["ForgetMail" "DeleteUser" "address_change"]
            address_changes::two_sides_that_agree_at_once_change_it_once
                ["AgreeToAddress" "AgreeToAddress/TicketGone" "CloseAddressChange"]

            directory::users_are_listed_in_each_order_and_its_reverse ["users_matching"]
            directory::pages_follow_each_other_without_a_gap ["users_matching"]
            directory::only_the_wanted_statuses_are_listed ["users_matching"]
            directory::a_household_is_its_head_and_who_belongs_to_it ["users_matching"]
            directory::a_deleted_user_is_never_listed ["users_matching" "DeleteUser"]

            sessions::a_session_reads_back_as_opened
                ["OpenSession" "session_by_digest" "session" "sessions"]
            sessions::nothing_is_found_by_what_opens_no_session ["session_by_digest" "session" "sessions"]
            sessions::opening_is_recorded_with_the_user ["OpenSession" "user"]
            sessions::only_an_active_user_with_the_version_read_opens_a_session ["OpenSession/UserChanged"]
            sessions::the_limit_counts_live_sessions_of_one_user_and_door
                ["OpenSession" "OpenSession/SessionLimit"]
            sessions::a_session_takes_the_place_of_another
                ["OpenSession" "OpenSession/SessionLimit" "OpenSession/UserChanged"]
            sessions::an_id_and_a_secret_open_one_session ["OpenSession"]
            sessions::a_session_is_ended_once ["EndSession" "EndSession/SessionEnded" "session"]
            sessions::every_reason_reads_back ["EndSession" "session"]
            sessions::all_sessions_of_a_user_are_ended ["EndSessions" "sessions"]
            sessions::the_sessions_of_one_door_are_ended ["EndSessions" "sessions"]
            sessions::all_sessions_but_one_are_ended ["EndSessions" "OpenSession/UserChanged"]
            sessions::nothing_in_flight_survives_the_end_of_all ["EndSessions" "OpenSession/UserChanged"]
            sessions::a_deleted_users_sessions_are_found_and_ended
                ["session_by_digest" "session" "sessions" "EndSessions" "DeleteUser"]
            sessions::a_use_moves_forward_and_never_back ["TouchSession" "session"]
            sessions::a_use_revives_nothing ["TouchSession" "session"]
            sessions::sessions_are_paged_by_age ["sessions"]
            sessions::a_session_lives_until_its_first_end ["sessions"]

            api_keys::a_key_reads_back_as_made ["OpenApiKey" "api_key_by_digest" "api_keys"]
            api_keys::the_keys_of_a_user_are_told_by_door_and_age ["api_keys_of" "EndApiKey"]
            api_keys::nothing_is_found_by_what_is_no_key ["api_key_by_digest" "api_keys"]
            api_keys::only_an_active_user_with_the_version_read_gets_a_key ["OpenApiKey/UserChanged"]
            api_keys::the_limit_counts_keys_of_one_user_and_door_that_were_not_ended
                ["OpenApiKey" "OpenApiKey/ApiKeyLimit"]
            api_keys::an_account_has_one_standing_key_at_a_door ["OpenApiKey" "OpenApiKey/StandingKeyExists"]
            api_keys::an_id_and_a_secret_make_one_key ["OpenApiKey"]
            api_keys::a_key_is_changed_until_it_is_ended ["UpdateApiKey" "UpdateApiKey/ApiKeyEnded"]
            api_keys::a_key_is_ended_once_and_its_secret_is_wiped
                ["EndApiKey" "EndApiKey/ApiKeyEnded" "api_keys"]
            api_keys::the_standing_keys_are_ended_at_every_door ["EndStandingKeys"]
            api_keys::a_use_of_a_key_moves_forward_and_never_back ["TouchApiKey"]
            api_keys::a_deleted_users_keys_are_ended_and_wiped ["DeleteUser" "api_key_by_digest" "api_keys"]

            organization_keys::an_organizations_key_reads_back_as_made
                ["OpenOrganizationKey" "api_key" "organization_key_by_digest" "organization_keys"]
            organization_keys::a_key_is_a_users_or_an_organizations
                ["OpenApiKey/UserChanged" "organization_key_by_digest" "api_key_by_digest"]
            organization_keys::the_limit_counts_keys_of_one_organization_and_door
                ["OpenOrganizationKey" "OpenOrganizationKey/ApiKeyLimit"]
            organization_keys::an_organizations_key_outlives_who_made_it ["DeleteUser" "EndApiKey" "TouchApiKey"]

            organizations::an_organization_reads_back_as_made
                ["CreateOrganization" "organization" "organizations_named"]
            organizations::organizations_are_paged_by_age ["organizations"]
            organizations::a_membership_reads_back_as_made
                ["OpenMembership" "membership" "memberships" "members"]
            organizations::a_credential_is_found_with_what_its_owner_belongs_to
                ["session_with_memberships" "api_key_with_memberships" "SetMembershipRole" "EndMembership"]
            organizations::an_active_user_with_the_version_read_joins_once
                ["OpenMembership/UserChanged" "OpenMembership/MembershipExists"]
            organizations::a_first_membership_is_the_first ["OpenMembership/MembershipExists"]
            organizations::a_membership_is_held_with_its_role
                ["HoldMembership" "HoldMembership/MembershipChanged"]
            organizations::a_role_is_set_for_a_member
                ["SetMembershipRole" "SetMembershipRole/MembershipChanged"]
            organizations::a_member_is_taken_out_once
                ["EndMembership" "EndMembership/MembershipChanged"]
            organizations::a_deleted_user_belongs_to_nothing ["DeleteUser" "members" "memberships"]

            invitations::an_invitation_reads_back_as_made
                ["OpenInvitation" "invitation" "invitation_by_digest" "invitations"]
            invitations::one_live_invitation_waits_for_an_address
                ["OpenInvitation" "OpenInvitation/InvitationExists"]
            invitations::an_invitation_is_followed_once_and_in_time
                ["RedeemInvitation" "RedeemInvitation/InvitationGone"]
            invitations::a_user_is_made_and_admitted_in_one_commit ["CreateUser" "Admit"]
            invitations::somebody_is_admitted_once_in_time_and_unchanged
                ["Admit/UserChanged" "Admit/MembershipExists" "Admit/InvitationGone"]
            invitations::an_invitation_is_withdrawn_once
                ["WithdrawInvitation" "WithdrawInvitation/InvitationGone"]
            invitations::expired_invitations_are_forgotten ["ForgetInvitations"]
            invitations::what_a_deleted_user_was_sent_followed_or_made_is_gone ["DeleteUser" "invitation"]

            tickets::a_ticket_reads_back_as_opened ["OpenTicket" "ticket_by_digest"]
            tickets::nothing_is_found_by_what_opens_no_ticket ["ticket_by_digest"]
            tickets::a_ticket_is_opened_for_a_user_as_read ["OpenTicket" "OpenTicket/UserChanged"]
            tickets::an_id_and_a_secret_open_one_ticket ["OpenTicket"]
            tickets::a_ticket_is_used_once_and_in_time ["RedeemTicket" "RedeemTicket/TicketGone"]
            tickets::all_tickets_of_a_user_are_ended ["EndTickets" "RedeemTicket/TicketGone"]
            tickets::a_deleted_users_tickets_are_gone ["DeleteUser"]
            tickets::old_tickets_are_forgotten ["ForgetMail"]

            external_identities::a_link_reads_back_as_made
                ["LinkIdentity" "external_identity" "external_identities"]
            external_identities::links_are_told_by_age ["external_identities"]
            external_identities::an_identity_is_issuer_and_subject_as_they_stand
                ["LinkIdentity" "external_identity"]
            external_identities::nobody_is_found_by_what_is_no_link ["external_identity" "external_identities"]
            external_identities::a_suspended_users_identity_is_found ["external_identity" "SetStatus"]
            external_identities::an_active_user_is_linked_with_the_version_read ["LinkIdentity/UserChanged"]
            external_identities::an_identity_is_linked_once ["LinkIdentity/IdentityTaken"]
            external_identities::an_id_makes_one_link ["LinkIdentity"]
            external_identities::a_user_is_made_and_linked_in_one_commit
                ["CreateUser" "LinkIdentity" "LinkIdentity/IdentityTaken" "LinkIdentity/UserChanged"]
            external_identities::a_link_is_taken_away_once_by_its_user
                ["UnlinkIdentity" "UnlinkIdentity/IdentityGone" "UnlinkIdentity/UserChanged"]
            external_identities::a_link_is_taken_away_while_another_remains
                ["UnlinkIdentity" "UnlinkIdentity/IdentityGone"]
            external_identities::a_deleted_users_identities_are_free_again
                ["DeleteUser" "LinkIdentity" "external_identity" "external_identities"]

            flows::a_flow_reads_back_as_opened ["OpenFlow" "flow_by_digest"]
            flows::nothing_is_found_by_what_begins_no_flow ["flow_by_digest"]
            flows::an_id_and_a_state_begin_one_flow ["OpenFlow"]
            flows::a_flow_is_taken_once_and_in_time ["TakeFlow" "TakeFlow/FlowGone"]
            flows::somebody_is_handed_over_once
                ["HandOver" "HandOver/UserChanged" "HandOver/FlowGone"]
            flows::old_flows_are_forgotten ["ForgetFlows"]

            signing_keys::keys_read_back_newest_first ["AddSigningKey" "signing_keys"]
            signing_keys::every_algorithm_and_use_reads_back ["AddSigningKey" "signing_keys"]
            signing_keys::the_key_that_signs_is_followed_by_who_read_it
                ["AddSigningKey" "AddSigningKey/SigningKeyChanged"]
            signing_keys::an_id_makes_one_signing_key ["AddSigningKey"]
            signing_keys::a_key_is_held_while_it_signs ["HoldSigningKey" "HoldSigningKey/SigningKeyChanged"]
            signing_keys::what_a_dropped_key_signed_goes_with_it ["DropSigningKeys" "signing_keys"]
            signing_keys::keys_that_ended_are_forgotten ["ForgetSigningKeys" "signing_keys"]
            signing_keys::nothing_outlives_a_forgotten_key ["ForgetSigningKeys" "signing_keys"]

            mail::a_message_waits_until_it_is_taken ["QueueMail" "mail_due"]
            mail::an_id_queues_one_message ["QueueMail"]
            mail::a_message_about_nobody_waits_as_any_other ["QueueMail" "mail_due" "ClaimMail" "MailSent"]
            mail::messages_are_counted_by_user_kind_and_time ["mails"]
            mail::a_message_is_taken_on_the_tries_that_were_read ["ClaimMail" "ClaimMail/MailTaken" "mail_due"]
            mail::a_message_that_did_not_leave_is_due_again_later ["MailLater" "mail_due"]
            mail::a_message_leaves_once_or_never ["MailSent" "MailFailed" "MailLater" "ClaimMail/MailTaken"]
            mail::old_messages_are_forgotten ["ForgetMail" "mails" "mail_due"]
            mail::no_message_waits_about_a_deleted_user ["DeleteUser" "QueueMail" "mail_due"]

            throttles::a_try_is_counted ["Reserve" "throttle"]
            throttles::a_try_is_counted_on_the_state_that_was_read ["Reserve/ThrottleChanged"]
            throttles::buckets_are_counted_apart ["Reserve" "throttle"]
            throttles::a_good_try_leaves_the_others_in_flight ["ReserveSucceeded" "throttle"]
            throttles::a_bad_try_stays_counted ["ReserveFailed" "throttle"]
            throttles::a_try_that_was_not_made_is_taken_back ["ReserveReleased" "throttle"]
            throttles::settling_is_seen_by_who_read_before
                ["ReserveSucceeded" "ReserveFailed" "ReserveReleased" "Reserve/ThrottleChanged"]
            throttles::settling_what_is_not_counted_does_nothing
                ["ReserveSucceeded" "ReserveFailed" "ReserveReleased" "throttle"]
            throttles::a_cleared_count_keeps_the_tries_in_flight ["ClearThrottle" "throttle"]
            throttles::old_counts_of_unknown_names_are_forgotten ["ForgetThrottles" "throttle"]
            throttles::a_place_is_known_from_its_last_login_on ["NotePlace" "knows_place"]
            throttles::a_failure_is_counted_at_a_known_place_only ["CountAtPlace"]
            throttles::all_counts_of_a_user_are_cleared_and_the_places_forgotten
                ["ClearAllThrottles" "knows_place"]
            throttles::the_places_of_a_deleted_user_are_forgotten ["DeleteUser" "knows_place"]
            throttles::old_places_and_what_is_counted_there_are_forgotten ["ForgetPlaces" "knows_place"]

            audit::every_event_reads_back_as_recorded ["commit" "events"]
            audit::events_are_paged_in_order ["commit" "events"]
            audit::the_newest_events_come_first ["events_matching"]
            audit::a_page_goes_on_behind_the_last_event_of_the_one_before ["events_matching"]
            audit::events_are_found_by_what_they_say ["events_matching"]
            audit::the_oldest_events_are_forgotten_a_few_at_a_time ["ForgetEvents" "events_matching"]

            master_key::the_check_value_is_recorded_once
                ["master_key_check" "RecordMasterKey" "RecordMasterKey/MasterKeyRecorded"]

            commits::a_commit_tells_rows_for_each_change ["commit"]
            commits::an_empty_commit_is_applied ["commit"]
            commits::a_null_character_in_a_text_is_replaced ["CreateUser"]
            commits::a_change_sees_the_ones_before_it ["commit" "CreateUser" "OpenSession"]
            commits::a_miss_undoes_what_was_before_it ["commit" "EndSession/SessionEnded"]
            commits::what_one_process_committed_the_other_reads_next ["commit" "users" "user" "events" "ping"]

            races::no_session_survives_a_suspension ["OpenSession" "SetStatus" "EndSessions"]
            races::no_session_survives_a_new_password ["OpenSession" "SetPassword" "EndSessions"]
            races::the_session_limit_holds ["OpenSession" "OpenSession/SessionLimit"]
            races::a_state_is_followed_by_one_try ["Reserve" "Reserve/ThrottleChanged"]
            refusals::a_refusal_reads_back_as_kept ["KeepRefusal" "refusal"]
            refusals::a_rule_and_a_network_have_so_many_rows ["KeepRefusal" "refusal"]
            refusals::two_processes_keep_their_refusals_at_once ["KeepRefusal" "CountLeftOut" "refusals_left_out"]
            refusals::what_is_left_out_is_counted ["CountLeftOut" "refusals_left_out"]
            refusals::old_refusals_and_counts_are_forgotten ["ForgetRefusals" "refusal" "refusals_left_out"]

            races::every_try_is_counted ["Reserve"]
            races::a_name_goes_to_one ["CreateUser" "CreateUser/LoginNameTaken"]
            races::a_commit_that_fails_takes_nobody_along ["CreateUser" "CreateUser/LoginNameTaken"]
            races::a_session_is_ended_by_one ["EndSession" "EndSession/SessionEnded"]
            races::a_master_key_is_recorded_by_one ["RecordMasterKey" "RecordMasterKey/MasterKeyRecorded"]
            races::two_processes_write_at_once ["CreateUser"]
            races::two_processes_forget_the_same_events ["ForgetEvents"]

            organization_races::an_invitation_is_followed_by_one
                ["RedeemInvitation" "RedeemInvitation/InvitationGone"]
            organization_races::an_invitation_makes_one_user_and_one_membership
                ["CreateUser" "CreateUser/LoginNameTaken" "Admit"]
            organization_races::nobody_invites_with_a_role_that_was_lowered
                ["HoldMembership" "HoldMembership/MembershipChanged" "SetMembershipRole" "OpenInvitation"]
            organization_races::nobody_joins_twice ["OpenMembership" "OpenMembership/MembershipExists"]
            organization_races::a_user_founds_one_first_organization
                ["CreateOrganization" "OpenMembership" "OpenMembership/MembershipExists"]
            organization_races::an_address_is_invited_once ["OpenInvitation" "OpenInvitation/InvitationExists"]
            organization_races::an_organizations_key_limit_holds
                ["OpenOrganizationKey" "OpenOrganizationKey/ApiKeyLimit"]
            organization_races::nothing_is_left_of_a_deleted_member
                ["DeleteUser" "OpenMembership" "OpenInvitation"]

            token_races::a_ticket_is_redeemed_by_one ["RedeemTicket" "RedeemTicket/TicketGone"]
            token_races::two_tickets_of_a_user_do_not_both_count ["RedeemTicket" "EndTickets"]
            token_races::a_message_is_taken_by_one ["ClaimMail" "ClaimMail/MailTaken"]
            token_races::an_account_gets_one_standing_key ["OpenApiKey" "OpenApiKey/StandingKeyExists"]
            token_races::the_key_limit_holds ["OpenApiKey" "OpenApiKey/ApiKeyLimit"]
            token_races::a_signing_key_is_followed_by_one ["AddSigningKey" "AddSigningKey/SigningKeyChanged"]
            token_races::nothing_that_a_dropped_key_signed_survives
                ["HoldSigningKey" "AddSigningKey" "DropSigningKeys" "OpenSession" "OpenTicket"]
            token_races::no_ticket_survives_a_suspension ["OpenTicket" "OpenTicket/UserChanged" "EndTickets"]
            token_races::no_key_is_made_for_who_was_suspended ["OpenApiKey" "OpenApiKey/UserChanged" "SetStatus"]
            token_races::no_standing_key_survives_a_new_password ["EndStandingKeys" "SetPassword"]
            token_races::nothing_is_left_of_a_deleted_user ["DeleteUser" "QueueMail"]

            federation_races::an_identity_goes_to_one ["LinkIdentity" "LinkIdentity/IdentityTaken"]
            federation_races::a_first_login_makes_one_user
                ["CreateUser" "LinkIdentity" "LinkIdentity/IdentityTaken"]
            federation_races::no_identity_is_linked_to_who_was_suspended
                ["LinkIdentity/UserChanged" "SetStatus" "external_identities"]
            federation_races::no_identity_is_left_of_a_deleted_user
                ["LinkIdentity/UserChanged" "DeleteUser" "external_identities"]
            federation_races::an_identity_moves_on_when_its_user_is_deleted ["DeleteUser" "external_identity"]
            federation_races::of_the_last_links_one_remains ["UnlinkIdentity" "UnlinkIdentity/IdentityGone"]
            federation_races::a_flow_is_taken_by_one ["OpenFlow" "TakeFlow" "TakeFlow/FlowGone"]
            federation_races::a_planned_key_follows_once
                ["AddSigningKey" "AddSigningKey/SigningKeyChanged" "signing_keys"]
        }
    };
}

on!(sqlite);
on!(postgres);
