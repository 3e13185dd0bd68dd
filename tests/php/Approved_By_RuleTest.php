<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Tests\Support\Sidecar_Test_Case;

/** The sidecar's owner may let sure suggestions pass: that is never told as a person's decision. */
final class Approved_By_RuleTest extends Sidecar_Test_Case {
	public function test_what_a_rule_approved_is_not_said_to_be_approved_by_a_person(): void {
		$row = $this->suggested();
		$this->sidecar->decide_by_rule( $row->suggestion_id );
		$this->sync();
		self::assertSame( 'a cat on a mat', $this->stored_alt( $row->attachment_id ) );

		$shown = $this->call( 'GET', "attachments/$row->attachment_id" )->get_data();
		self::assertStringContainsString( 'A rule of the sidecar approved', $shown['status_text'] );
		self::assertSame( array( 'id' => 'auto', 'name' => 'by a rule; nobody has looked at it' ), $shown['suggestion']['decided_by'] );
		$this->become( 'admin' );
		$fields = apply_filters( 'attachment_fields_to_edit', array(), get_post( $row->attachment_id ) );
		self::assertStringContainsString( 'Nobody has looked at it.', $fields['altsmith']['html'] );
	}

	public function test_what_a_person_approved_is_told_as_theirs(): void {
		$row = $this->suggested();
		$this->decide( $row, 'approve' );
		$shown = $this->call( 'GET', "attachments/$row->attachment_id" )->get_data();
		self::assertSame( 'The suggestion was approved and is the alt text now.', $shown['status_text'] );
		self::assertSame( 'admin', $shown['suggestion']['decided_by']['name'] );
	}
}
